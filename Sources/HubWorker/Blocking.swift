import Dispatch

/// Work that blocks or computes for long, and must not hold up the cooperative threads.
enum Blocking {
    /// Runs work on a thread of Dispatch's.
    ///
    /// - Parameter work: what to do.
    /// - Returns: what the work returns.
    /// - Throws: what the work throws.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
