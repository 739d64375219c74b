internal import Dispatch
internal import Synchronization

/// Work on many things by several threads.
package enum Parallel {
    private struct State {
        var next = 0
        var failure: (any Error)?
    }

    /// Calls a closure for each thing, on several threads at once.
    ///
    /// - Parameters:
    ///   - items: the things.
    ///   - threads: how many threads may work; no more do than there are processors.
    ///   - work: what to do with each. When it throws, no further thing is begun.
    /// - Throws: what the work threw first.
    static func forEach<Item: Sendable>(
        _ items: [Item],
        threads: Int,
        _ work: @Sendable (Item) throws -> Void
    ) throws {
        try forEach(items, threads: threads, keeping: {}, { item, _ in try work(item) })
    }

    /// Calls a closure for each thing, on several threads at once, each of which keeps something from one to the next.
    ///
    /// - Parameters:
    ///   - items: the things.
    ///   - threads: how many threads may work; no more do than there are processors.
    ///   - state: makes what a thread keeps.
    ///   - work: what to do with each. When it throws, no further thing is begun.
    /// - Throws: what the work threw first.
    package static func forEach<Item: Sendable, Kept>(
        _ items: [Item],
        threads: Int,
        keeping state: @Sendable () -> Kept,
        _ work: @Sendable (Item, inout Kept) throws -> Void
    ) throws {
        let progress = Mutex(State())
        DispatchQueue.concurrentPerform(iterations: min(max(threads, 1), max(items.count, 1))) { _ in
            var kept = state()
            while let item = progress.withLock({ take(from: items, &$0) }) {
                do { try work(item, &kept) } catch {
                    progress.withLock { if $0.failure == nil { $0.failure = error } }
                }
            }
        }
        if let failure = progress.withLock({ $0.failure }) { throw failure }
    }

    /// Calls a closure for each thing, on several threads at once, and collects what it returns.
    ///
    /// - Parameters:
    ///   - items: the things.
    ///   - threads: how many threads may work; no more do than there are processors.
    ///   - work: what to do with each. When it throws, no further thing is begun.
    /// - Returns: what the work returned, in the order of the things.
    /// - Throws: what the work threw first.
    static func map<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        threads: Int,
        _ work: @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        let values = Mutex([Int: Value]())
        try forEach(Array(items.enumerated()), threads: threads) { index, item in
            let value = try work(item)
            values.withLock { $0[index] = value }
        }
        return values.withLock { values in items.indices.compactMap { values[$0] } }
    }

    /// Puts rows of things into portions, after each of which something can be done before the next.
    ///
    /// - Parameters:
    ///   - rows: the rows.
    ///   - count: how many things each portion has at least, but for the last.
    /// - Returns: the portions, which have the rows in their order.
    package static func portions<Item>(of rows: [[Item]], atLeast count: Int) -> [[[Item]]] {
        var portions: [[[Item]]] = []
        var start = 0
        var things = 0
        for (index, row) in rows.enumerated() {
            things += row.count
            guard things >= count || index == rows.count - 1 else { continue }
            portions.append(Array(rows[start...index]))
            start = index + 1
            things = 0
        }
        return portions
    }

    private static func take<Item>(from items: [Item], _ state: inout State) -> Item? {
        guard state.failure == nil, state.next < items.count else { return nil }
        defer { state.next += 1 }
        return items[state.next]
    }
}
