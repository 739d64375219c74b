internal import Dispatch
internal import Synchronization

/// Two pieces of work at once: the one on this thread, the other beside it where a processor is free.
enum Both {
    /// Does one thing and another.
    ///
    /// - Parameters:
    ///   - one: the one, the longer.
    ///   - other: the other.
    /// - Returns: what they gave.
    static func of<One: Sendable, Other: Sendable>(
        _ one: @Sendable () -> One,
        _ other: @Sendable () -> Other
    ) -> (One, Other) {
        let results = Mutex<(one: One?, other: Other?)>((nil, nil))
        DispatchQueue.concurrentPerform(iterations: 2) { number in
            if number == 0 {
                let result = one()
                results.withLock { $0.one = result }
            } else {
                let result = other()
                results.withLock { $0.other = result }
            }
        }
        let (first, second) = results.withLock { $0 }
        return (first ?? one(), second ?? other())
    }
}
