internal import CoreMetrics
internal import Synchronization

/// Metrics in memory, rendered as Prometheus reads them.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/, text format 0.0.4.
final class PrometheusRegistry: MetricsFactory {
    private let metrics = Mutex<[Key: Metric]>([:])

    struct Key: Hashable, Comparable {
        let name: String
        /// The labels as they are rendered, `{method="GET"}`, or nothing.
        let labels: String

        static func < (one: Key, other: Key) -> Bool { (one.name, one.labels) < (other.name, other.labels) }
    }

    private func metric(_ kind: Metric.Kind, _ label: String, _ dimensions: [(String, String)]) -> Metric {
        let key = Key(name: Self.name(label), labels: Self.labels(dimensions))
        return metrics.withLock { metrics in
            if let known = metrics[key] { return known }
            let metric = Metric(kind)
            metrics[key] = metric
            return metric
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        metric(.counter, label, dimensions)
    }

    func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        metric(.counter, label, dimensions)
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        metric(.gauge, label, dimensions)
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        metric(aggregate ? .summary : .gauge, label, dimensions)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        metric(.summary, label, dimensions)
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// All metrics as text, sorted, so that two renderings can be compared.
    func render() -> String {
        let all = metrics.withLock { $0 }.sorted { $0.key < $1.key }
        var text = ""
        var lastName: String?
        for (key, metric) in all {
            if key.name != lastName { text += "# TYPE \(key.name) \(metric.kind.rawValue)\n" }
            lastName = key.name
            for (suffix, value) in metric.samples { text += "\(key.name)\(suffix)\(key.labels) \(value)\n" }
        }
        return text
    }

    /// A name that Prometheus allows: letters, digits, `_` and `:`.
    private static func name(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == ":" ? $0 : "_" })
    }

    private static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.map { label, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name(label))=\"\(escaped)\""
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }
}
