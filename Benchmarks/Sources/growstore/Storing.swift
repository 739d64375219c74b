import Foundation
import Glibc
import HubStore

/// Kernels that were added to an archive, and what that took without what making them took.
struct Storing: Encodable {
    private var kernels = 0
    private var processorSeconds = 0.0
    private var seconds = 0.0

    private enum CodingKeys: String, CodingKey {
        case kernels, seconds
        case processorSeconds = "processor_seconds"
    }

    /// Nothing yet.
    init() {}

    /// Adds a kernel to an archive.
    init(of kernel: NewKernel, into archive: HubStore) throws {
        let (processor, wall) = (Self.now(CLOCK_THREAD_CPUTIME_ID), Self.now(CLOCK_MONOTONIC))
        try archive.add(kernel)
        processorSeconds = Self.now(CLOCK_THREAD_CPUTIME_ID) - processor
        seconds = Self.now(CLOCK_MONOTONIC) - wall
        kernels = 1
    }

    /// Adds what others took.
    static func += (sum: inout Storing, other: Storing) {
        sum.kernels += other.kernels
        sum.processorSeconds += other.processorSeconds
        sum.seconds += other.seconds
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
