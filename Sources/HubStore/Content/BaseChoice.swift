internal import BTFDelta
internal import Foundation
internal import GRDB

/// Chooses what a kernel's BTF is stored as a delta against, by measuring.
///
/// Sketches, which cost a few hundred bytes each, say which BTFs are likely; how many types the likeliest do not have is
/// then counted. Names do not matter: the best base may be of another distribution or architecture.
struct BaseChoice {
    let reader: ContentReader

    /// The most deltas in a chain.
    static let depthLimit = 10
    /// The types whose bytes one more delta in the chain has to save.
    private static let typesPerLink = 40
    /// The bytes that one more delta in the chain has to save, for one that is stored already.
    static let bytesPerLink = 256
    /// The largest part of a BTF's bytes that the deltas may have that lead to it from one that is stored whole. It bounds
    /// the time that reading takes: a byte of a delta costs a reader twenty times what one does that is stored whole.
    private static let deltaShare = 60
    /// The bytes that these deltas may have in any case.
    private static let smallChain = 4096
    /// The part of a BTF's bytes from which on a delta is large. Others are to build on it, so that it has to leave them
    /// a quarter of the bytes, and four of the deltas.
    private static let largeShare = 500

    /// The most bytes that the deltas may have that lead to a BTF.
    ///
    /// - Parameter size: the BTF's bytes.
    /// - Returns: their bytes.
    static func most(size: Int) -> Int { max(size / deltaShare, smallChain) }

    /// The fewest bytes that each type takes that the base does not have, so that no delta is made in vain.
    private static let leastBytesPerType = 4

    /// The bytes that one more delta may have.
    ///
    /// - Parameters:
    ///   - size: the bytes of what it gives.
    ///   - chain: the bytes of the deltas that lead to its base.
    ///   - depth: how many these are.
    /// - Returns: the bytes; none or less when it may not be.
    private static func room(size: Int, chain: Int, depth: Int) -> Int {
        let most = most(size: size)
        let large = depth <= depthLimit - 5 ? most * 3 / 4 - chain : 0
        return max(large, min(size / largeShare, most - chain))
    }

    /// A BTF that another one may be a delta against.
    struct Candidate {
        let entry: ContentReader.Entry
        /// The number of types that it does not have.
        let missing: Int
        /// The most bytes that the delta may have.
        let room: Int
    }

    /// Finds bases.
    ///
    /// - Parameters:
    ///   - hashes: the types of the BTF that is to be stored.
    ///   - size: its canonical bytes.
    ///   - oldest: bases have higher ids.
    ///   - excluded: rows that may not be the base.
    ///   - height: the number of deltas that build on the BTF, one on the other.
    /// - Returns: some that may do, the best first.
    /// - Throws: what GRDB throws.
    func bases(
        for hashes: TypeHashes,
        size: Int,
        newerThan oldest: Int64 = .min,
        excluding excluded: Set<Int64> = [],
        height: Int = 0
    ) throws -> [Candidate] {
        var found: [(candidate: Candidate, cost: Int)] = []
        for id in try likely(hashes.sketch, newerThan: oldest, excluding: excluded, height: height) {
            // A damaged one is no base.
            guard let entry = try? reader.entry(id: id), let base = try? reader.base(entry),
                let chain = try? reader.chainBytes(of: entry)
            else { continue }
            let missing = hashes.countMissing(in: base.hashes)
            let room = min(Self.room(size: size, chain: chain, depth: entry.depth), size / 6)
            if room <= Self.leastBytesPerType * missing { continue }
            let candidate = Candidate(entry: entry, missing: missing, room: room)
            found.append((candidate, missing + Self.typesPerLink * entry.depth))
        }
        return found.sorted { $0.cost < $1.cost }.map(\.candidate)
    }

    /// The BTFs whose sketches are most alike: two of any depth, one near the start of a chain, one at it.
    private func likely(
        _ sketch: Sketch,
        newerThan oldest: Int64,
        excluding excluded: Set<Int64>,
        height: Int
    ) throws -> [Int64] {
        let statement = try reader.database.cachedStatement(
            sql: """
                SELECT sketches.btf_id, hashes, coalesce(depth, 0)
                FROM sketches LEFT JOIN deltas ON deltas.btf_id = sketches.btf_id
                WHERE sketches.btf_id > ?
                """
        )
        let deepest = Self.depthLimit - height - 1
        var lists = [Shortlist(deepest, count: 2), Shortlist(min(deepest, 1), count: 1), Shortlist(0, count: 1)]
        let rows = try Row.fetchCursor(statement, arguments: [oldest])
        while let row = try rows.next() {
            guard let depth = Int.fromDatabaseValue(row[2]), let id = Int64.fromDatabaseValue(row[0]),
                !excluded.contains(id), let data = Data.fromDatabaseValue(row[1]),
                let other = Sketch(bytes: Array(data))
            else { continue }
            let shared = sketch.countShared(with: other)
            for index in lists.indices where shared > 0 && depth <= lists[index].depth { lists[index].add(id, shared) }
        }
        return lists.reduce(into: []) { ids, list in
            for one in list.best where !ids.contains(one.id) { ids.append(one.id) }
        }
    }

    /// The few that share most; of those that share as much, the newest.
    private struct Shortlist {
        let depth: Int
        let count: Int
        private(set) var best: [(id: Int64, shared: Int)] = []

        init(_ depth: Int, count: Int) {
            self.depth = depth
            self.count = count
        }

        mutating func add(_ id: Int64, _ shared: Int) {
            if best.count == count, let last = best.last, (last.shared, last.id) > (shared, id) { return }
            best.append((id, shared))
            best.sort { ($0.shared, $0.id) > ($1.shared, $1.id) }
            if best.count > count { best.removeLast() }
        }
    }
}
