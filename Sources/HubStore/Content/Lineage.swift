internal import BTFDelta
internal import Foundation
internal import GRDB

/// Kernels' BTF by the deltas that they are stored as, down to what is stored whole, as far as they were followed.
///
/// What was read last is kept, so that kernels asked for in the order of `HubStore.byLineage` find what they build on.
struct Lineage {
    /// Some BTF, and how it is stored.
    final class Link {
        let id: Int64
        let digest: ContentDigest
        let size: Int
        /// What it is a delta against, and the delta; nil when it is none.
        let delta: (baseID: Int64, payload: [UInt8], script: TypeScript)?
        /// Its types, once they were asked for.
        var types: LayeredTypes?

        init(id: Int64, digest: ContentDigest, size: Int, delta: (Int64, [UInt8], TypeScript)?) {
            self.id = id
            self.digest = digest
            self.size = size
            self.delta = delta
        }
    }
    private var links: [Int64: Link] = [:]

    /// From how many links on all are dropped that are not on the way that is asked for.
    static let limit = 32

    /// The way from some BTF to what is stored whole, both included; nil when the store does not hold it.
    ///
    /// - Throws: `Damage` when the way is broken.
    mutating func path(of digest: ContentDigest, in database: Database) throws -> [Link]? {
        guard let id = try BTFTable.id(of: digest, in: database) else { return nil }
        var path: [Link] = []
        var next: Int64? = id
        while let id = next {
            guard path.count < ContentReader.chainLimit else { throw Damage(reason: "its chain of bases has no end") }
            let link = try links[id] ?? Self.link(id: id, in: database)
            path.append(link)
            next = link.delta?.baseID
        }
        guard path[0].digest == digest else { throw Damage(reason: "the index of digests does not lead to its BTF") }
        if links.count > Self.limit { links = [:] }
        for link in path { links[link.id] = link }
        return path
    }

    /// Whether some BTF is still kept.
    func keeps(_ id: Int64) -> Bool { links[id] != nil }

    private static func link(id: Int64, in database: Database) throws -> Link {
        let statement = try database.cachedStatement(
            sql: """
                SELECT own.digest, own.size, base.id, base.digest, deltas.seal,
                    CASE WHEN base.id IS NULL THEN NULL ELSE own.payload END
                FROM btf AS own LEFT JOIN deltas ON deltas.btf_id = own.id AND deltas.outer_id IS NULL
                LEFT JOIN btf AS base ON base.id = deltas.base_id WHERE own.id = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [id]) else {
            throw Damage(reason: "a BTF that it builds on is missing")
        }
        let (digest, size) = (try row.digestColumn(0), try row.column(1, Int.self))
        guard (1...BTFTable.sizeLimit).contains(size) else { throw Damage(reason: "its stored size is impossible") }
        guard let baseID = try row.optionalColumn(2, Int64.self) else {
            return Link(id: id, digest: digest, size: size, delta: nil)
        }
        let payload = Array(try row.column(5, Data.self))
        guard try row.column(4, Data.self) == Seal.delta(digest, base: try row.digestColumn(3), payload: payload) else {
            throw Damage(reason: "its delta does not match its seal")
        }
        do {
            let script = try TypeScript(payload, limit: size)
            return Link(id: id, digest: digest, size: size, delta: (baseID, payload, script))
        } catch { throw Damage(reason: "its payload cannot be decoded: \(error)") }
    }

    /// The types at the start of a way.
    ///
    /// - Throws: `Damage` when they cannot be read.
    static func types(at path: [Link], _ reader: ContentReader) throws -> LayeredTypes {
        var below: LayeredTypes?
        for link in path.reversed() {
            if link.types == nil {
                if let delta = link.delta, let below {
                    do {
                        link.types = try LayeredTypes(delta.payload, delta.script, over: below, limit: link.size)
                    } catch {
                        throw Damage(reason: "its payload cannot be decoded: \(error)")
                    }
                } else {
                    link.types = LayeredTypes(try reader.table(id: link.id).table)
                }
            }
            below = link.types
        }
        guard let below else { throw Damage(reason: "a BTF that it builds on is missing") }
        return below
    }
}

extension HubStore {
    /// Groups kernels' BTF so that what builds on the same stands together, each after what it builds on.
    ///
    /// - Parameter digests: the SHA-256 of kernels' BTF.
    /// - Returns: the same in that order, in groups that have little in common; what the store does not hold comes first.
    /// - Throws: `StoreError` when the store cannot be read.
    public func byLineage(_ digests: some Sequence<ContentDigest>) throws(StoreError) -> [[ContentDigest]] {
        let paths = try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT base_id FROM deltas WHERE btf_id = ? AND outer_id IS NULL"
            )
            var bases: [Int64: Int64?] = [:]
            var paths: [(path: [Int64], digest: ContentDigest)] = []
            for digest in digests {
                var path: [Int64] = []
                var next = try BTFTable.id(of: digest, in: database)
                while let id = next, path.count < ContentReader.chainLimit {
                    path.append(id)
                    if let known = bases[id] {
                        next = known
                        continue
                    }
                    next = try Row.fetchOne(statement, arguments: [id]).flatMap { try $0.optionalColumn(0) }
                    bases[id] = .some(next)
                }
                paths.append((path.reversed(), digest))
            }
            return paths.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        }
        var groups: [[ContentDigest]] = []
        var last: ArraySlice<Int64>?
        for (path, digest) in paths {
            // Many stand on one whole BTF; those that stand on the same delta above it share more.
            let start = path.prefix(2)
            if start == last { groups[groups.count - 1].append(digest) } else { groups.append([digest]) }
            last = start
        }
        return groups
    }
}
