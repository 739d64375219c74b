internal import BTFDelta
internal import Foundation
internal import GRDB

/// The deltas between kernels' BTFs, without what they add; read many at once, and each kept for a while.
struct DeltaLinks {
    /// A kernel's BTF, and the delta that it is.
    struct Link {
        let id: Int64
        /// The BTF that the delta builds on; nil where it is none, or damaged.
        let baseID: Int64?
        /// Whether other BTF builds on this one.
        let isBase: Bool
        fileprivate let digest: ContentDigest
        fileprivate let runs: [UInt8]
        fileprivate let seal: Data
    }

    /// From how many links on all are forgotten before more are read; each has some two thousand bytes.
    private static let limit = 512
    private var links: [Int64: Link] = [:]
    private var ids: [ContentDigest: Int64] = [:]

    /// The link of some BTF, where it was read.
    subscript(digest: ContentDigest) -> Link? { ids[digest].flatMap { links[$0] } }
    subscript(id: Int64) -> Link? { links[id] }

    /// Some BTF that was read and all that it builds on, down to what is stored whole; nothing where it was not read.
    ///
    /// - Throws: `Damage` when the way down has no end.
    func path(of digest: ContentDigest) throws(Damage) -> [Link] {
        var path: [Link] = []
        var next = self[digest]
        while let link = next {
            guard path.count < ContentReader.chainLimit else { throw Damage(reason: "its chain of bases has no end") }
            path.append(link)
            next = link.baseID.flatMap { links[$0] }
        }
        return path
    }

    /// The script of a delta whose base was read too; nil where it does not match its seal.
    func script(of link: Link) -> TypeScript? {
        guard let base = link.baseID.flatMap({ links[$0] }),
            link.seal == Seal.script(link.digest, base: base.digest, runs: link.runs)
        else { return nil }
        return try? TypeScript(bytes: link.runs)
    }

    /// Reads the links of some BTFs and of all that they build on, but for what is known.
    mutating func read(_ digests: [ContentDigest], in database: Database) throws {
        if links.count > Self.limit {
            links = [:]
            ids = [:]
        }
        let missing = Set(digests.filter { ids[$0] == nil })
        try read("btf.digest", missing.map(\.data), in: database)
        for _ in 0..<ContentReader.chainLimit {
            let bases = Set(links.values.compactMap(\.baseID).filter { links[$0] == nil })
            if bases.isEmpty { return }
            try read("btf.id", Array(bases), in: database)
        }
    }

    private mutating func read(
        _ column: String,
        _ values: [some DatabaseValueConvertible],
        in database: Database
    ) throws {
        for start in stride(from: 0, to: values.count, by: 256) {
            let part = values[start..<min(start + 256, values.count)]
            let places = repeatElement("?", count: part.count).joined(separator: ",")
            let statement = try database.cachedStatement(
                sql: """
                    SELECT btf.id, digest, base_id, runs, scripts.seal,
                        EXISTS (SELECT 1 FROM deltas AS above WHERE above.base_id = btf.id)
                    FROM btf LEFT JOIN deltas ON deltas.btf_id = btf.id AND outer_id IS NULL
                    LEFT JOIN scripts ON scripts.btf_id = btf.id WHERE \(column) IN (\(places))
                    """
            )
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(part))
            while let row = try rows.next() { note(row) }
        }
    }

    private mutating func note(_ row: Row) {
        guard let id = Int64.fromDatabaseValue(row[0]), let digest = try? row.digestColumn(1) else { return }
        let runs = Data.fromDatabaseValue(row[3])
        ids[digest] = id
        links[id] = Link(
            id: id,
            baseID: runs == nil ? nil : Int64.fromDatabaseValue(row[2]),
            isBase: Bool.fromDatabaseValue(row[5]) ?? true,
            digest: digest,
            runs: runs.map(Array.init) ?? [],
            seal: Data.fromDatabaseValue(row[4]) ?? Data()
        )
    }
}
