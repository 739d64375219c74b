internal import CoreMetrics
internal import Synchronization

/// One metric with one set of labels.
final class Metric: Sendable {
    /// How Prometheus reads a metric.
    enum Kind: String {
        case counter
        case gauge
        /// Sum and count; durations are in seconds.
        case summary
    }

    let kind: Kind

    private let state = Mutex(State())

    private struct State {
        var value = 0.0
        var count = 0
    }

    init(_ kind: Kind) { self.kind = kind }

    /// What is rendered: the suffix of the name and the value.
    var samples: [(suffix: String, value: String)] {
        let state = state.withLock { $0 }
        switch kind {
        case .counter, .gauge: return [("", Self.text(state.value))]
        case .summary: return [("_count", String(state.count)), ("_sum", Self.text(state.value))]
        }
    }

    private static func text(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? "\(value)"
    }

    private func add(_ amount: Double) {
        state.withLock {
            $0.value += amount
            $0.count += 1
        }
    }
}

extension Metric: CounterHandler, FloatingPointCounterHandler {
    func increment(by amount: Int64) { add(Double(amount)) }
    func increment(by amount: Double) { add(amount) }
    func reset() { state.withLock { $0 = State() } }
}

extension Metric: MeterHandler {
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { state.withLock { $0.value = value } }
    func decrement(by amount: Double) { add(-amount) }
}

extension Metric: RecorderHandler, TimerHandler {
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { if kind == .gauge { set(value) } else { add(value) } }
    func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
}
