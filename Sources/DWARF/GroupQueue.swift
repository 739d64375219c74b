import Synchronization

/// Hands out groups of units to several threads.
///
/// Neighbours in a file repeat each other's types, so that each thread has a run of its own, and meets fewer types that
/// another one has met; when it is through, it helps the others.
struct GroupQueue: ~Copyable, Sendable {
    private let runs: Mutex<[Range<Int>]>

    /// Splits so many groups among so many threads.
    init(count: Int, threads: Int) {
        runs = Mutex((0..<threads).map { count * $0 / threads..<count * ($0 + 1) / threads })
    }

    /// The next group for a thread to read; nil when there is none left.
    func next(for thread: Int) -> Int? {
        runs.withLock { runs in
            for turn in runs.indices {
                let index = (thread + turn) % runs.count
                if let group = runs[index].popFirst() { return group }
            }
            return nil
        }
    }

    /// Gives out no more.
    func close() { runs.withLock { for index in $0.indices { $0[index] = 0..<0 } } }
}
