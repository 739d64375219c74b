internal import Foundation
internal import Hummingbird
internal import Synchronization

/// Runs blocking work on threads of its own, a limited number of pieces at a time.
///
/// Not on Dispatch's queues: those have as many threads as there are processors, which asynchronous code needs, and
/// grow slowly when they block.
package final class BlockingWork: Sendable {
    private let jobs: JobList
    private let threads: Int
    private let backlog: Int

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - label: names the threads for people.
    ///   - concurrency: how many pieces of work run at once.
    ///   - backlog: how many may run or wait; what comes then is refused.
    package init(label: String, concurrency: Int, backlog: Int) {
        let jobs = JobList()
        self.jobs = jobs
        self.backlog = backlog
        threads = max(concurrency, 1)
        for _ in 0..<threads {
            let thread = Thread { jobs.work() }
            thread.name = label
            thread.start()
        }
    }

    deinit { for _ in 0..<threads { jobs.append(nil) } }

    /// How many pieces of work run or wait.
    var count: Int { jobs.count }

    /// Runs a piece of work and returns what it returns.
    ///
    /// - Parameter work: the work; it may block.
    /// - Returns: what the work returns.
    /// - Throws: what the work throws, and `HubError.busy` when too much is waiting.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard jobs.count < backlog else { throw HubError.busy }
        return try await withCheckedThrowingContinuation { continuation in
            jobs.append { continuation.resume(with: Result(catching: work)) }
        }
    }
}

/// The work that waits for a thread, first come, first served.
private final class JobList: Sendable {
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    private struct State {
        /// What waits; nil tells one thread to end.
        var jobs: [(@Sendable () -> Void)?] = []
        /// How many pieces of work wait or run.
        var count = 0
    }

    var count: Int { state.withLock { $0.count } }

    func append(_ job: (@Sendable () -> Void)?) {
        state.withLock {
            $0.jobs.append(job)
            $0.count += 1
        }
        available.signal()
    }

    /// A thread's loop.
    func work() {
        while true {
            available.wait()
            guard let job = state.withLock({ $0.jobs.removeFirst() }) else { return }
            job()
            state.withLock { $0.count -= 1 }
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
