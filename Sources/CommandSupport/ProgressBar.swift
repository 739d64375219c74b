import Glibc
import Synchronization

/// A line on standard error that shows how far long work is, when that is a terminal; nothing otherwise.
public final class ProgressBar: Sendable {
    private struct State {
        var label = ""
        var start = ContinuousClock.now
        var lastDrawn: ContinuousClock.Instant?
        var isVisible = false
    }

    private let isTerminal: Bool
    private let state = Mutex(State())
    private static let interval = Duration.milliseconds(100)

    /// Makes a bar that is not drawn yet.
    public init() { isTerminal = isatty(STDERR_FILENO) == 1 }

    /// Shows how far a piece of work is.
    ///
    /// - Parameters:
    ///   - label: what is done; a new label starts a new line.
    ///   - done: bytes that are done.
    ///   - total: bytes in all, where that is known.
    public func update(_ label: String, done: UInt64, total: UInt64?) {
        update(label, isFinished: done == total) { Self.line(label, done: done, total: total, elapsed: $0) }
    }

    /// Shows how many of a number of things are done.
    ///
    /// - Parameters:
    ///   - label: what is done; a new label starts a new line.
    ///   - items: how many are done.
    ///   - count: how many there are, where that is known.
    public func update(_ label: String, items: Int, of count: Int? = nil) {
        update(label, isFinished: items == count) { _ in
            guard let count else { return "\(label)  \(items)" }
            return "\(label)  \(Self.bar(items, of: count)) \(items) of \(count)"
        }
    }

    private func update(_ label: String, isFinished: Bool, line: (_ elapsed: Duration) -> String) {
        guard isTerminal else { return }
        let text = state.withLock { state -> String? in
            let now = ContinuousClock.now
            if state.label != label { state = State(label: label, start: now, lastDrawn: nil, isVisible: true) }
            if let last = state.lastDrawn, now - last < Self.interval, !isFinished { return nil }
            state.lastDrawn = now
            state.isVisible = true
            return line(now - state.start)
        }
        if let text { Self.write("\r\u{1b}[K" + text) }
    }

    /// Ends the line, keeping what it shows last.
    public func finish() {
        guard isTerminal else { return }
        let wasVisible = state.withLock { state in
            defer { state = State() }
            return state.isVisible
        }
        if wasVisible { Self.write("\n") }
    }

    private static func line(_ label: String, done: UInt64, total: UInt64?, elapsed: Duration) -> String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        let rate = seconds > 0.5 ? "  \(readableByteCount(UInt64(Double(done) / seconds)))/s" : ""
        guard let total, total > 0, done <= total else { return "\(label)  \(readableByteCount(done))\(rate)" }
        let bar = bar(Int(done), of: Int(total))
        let percent = Int(100 * Double(done) / Double(total))
        return "\(label)  \(bar) \(percent)%  \(readableByteCount(done)) of \(readableByteCount(total))\(rate)"
    }

    private static func bar(_ done: Int, of total: Int) -> String {
        let width = 24
        let filled = total > 0 ? Int(Double(width) * Double(done) / Double(total)) : 0
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
