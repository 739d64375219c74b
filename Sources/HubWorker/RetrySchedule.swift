public import Foundation

/// When a package that failed is tried again.
public struct RetrySchedule: Hashable, Sendable {
    /// The wait after the first failure, in seconds.
    public let first: TimeInterval
    /// The longest wait, in seconds.
    public let longest: TimeInterval

    /// Makes a schedule in which each wait is twice the one before.
    ///
    /// - Parameters:
    ///   - first: the wait after the first failure, in seconds.
    ///   - longest: the longest wait, in seconds.
    public init(first: TimeInterval = 3600, longest: TimeInterval = 7 * 24 * 3600) {
        self.first = first
        self.longest = longest
    }

    /// When to try again.
    ///
    /// - Parameters:
    ///   - attempts: how often the package has failed, this time included; at least 1.
    ///   - time: the time of the failure.
    /// - Returns: the earliest time for the next try.
    public func next(afterAttempts attempts: Int, at time: Date) -> Date {
        time.addingTimeInterval(min(first * pow(2, Double(min(max(attempts, 1) - 1, 60))), longest))
    }
}
