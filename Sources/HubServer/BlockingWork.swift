internal import Foundation
internal import Hummingbird
internal import Synchronization

/// Runs blocking work off the event loops and off the cooperative threads, a limited number at a time.
package struct BlockingWork: Sendable {
    private let queue: OperationQueue
    private let backlog: Int

    /// Makes a queue.
    ///
    /// - Parameters:
    ///   - label: names the queue for people.
    ///   - concurrency: how many pieces of work run at once.
    ///   - backlog: how many may wait; what comes then is refused.
    package init(label: String, concurrency: Int, backlog: Int) {
        queue = OperationQueue()
        queue.name = label
        queue.maxConcurrentOperationCount = max(concurrency, 1)
        self.backlog = backlog
    }

    /// How many pieces of work run or wait.
    var count: Int { queue.operationCount }

    /// Runs a piece of work and returns what it returns.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard queue.operationCount < backlog else { throw HubError.busy }
        return try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result(catching: work)) }
        }
    }
}

/// Lets a limited number in at a time and turns the others away.
final class Turnstile: Sendable {
    private let limit: Int
    private let inside = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// Runs some work if there is room for it.
    func pass<Value>(_ work: () async throws -> Value) async throws -> Value {
        let hasEntered = inside.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard hasEntered else { throw HubError.busy }
        defer { inside.withLock { $0 -= 1 } }
        return try await work()
    }
}
