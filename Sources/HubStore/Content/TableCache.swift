internal import Synchronization

/// The tables that were read last, so that kernels that build on one base do not each read it again.
///
/// Tables are found by what their bytes must hash to. One is put in before that is known where others build on it; when
/// one of those turns out wrong, the cache is emptied.
final class TableCache: Sendable {
    /// The canonical bytes that the tables may stand for in all; a table takes about half as much again.
    private static let limit = 48 << 20

    private struct State {
        var tables: [ContentDigest: (stored: StoredTable, bytes: Int, used: Int)] = [:]
        var bytes = 0
        var clock = 0
    }
    private let state = Mutex(State())

    subscript(digest: ContentDigest) -> StoredTable? {
        state.withLock { state in
            state.clock += 1
            state.tables[digest]?.used = state.clock
            return state.tables[digest]?.stored
        }
    }

    func insert(_ stored: StoredTable, for digest: ContentDigest, bytes: Int) {
        state.withLock { state in
            guard state.tables[digest] == nil, bytes <= Self.limit else { return }
            while state.bytes + bytes > Self.limit, let oldest = state.tables.min(by: { $0.value.used < $1.value.used })
            {
                state.bytes -= oldest.value.bytes
                state.tables[oldest.key] = nil
            }
            state.clock += 1
            state.tables[digest] = (stored, bytes, state.clock)
            state.bytes += bytes
        }
    }

    func removeAll() { state.withLock { $0 = State() } }
}
