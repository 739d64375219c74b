internal import BTFDelta
internal import Foundation
internal import GRDB

/// The table of BTF by content, and what stands beside it: what deltas build on, and sketches.
enum BTFTable {
    /// The most bytes that one BTF may have; the largest kernels' have 10 million.
    static let sizeLimit = Delta.sizeLimit

    /// The id of some content, or nil when the table does not hold it.
    static func id(of digest: ContentDigest, in database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(sql: "SELECT id FROM btf WHERE digest = ?")
        return try Int64.fetchOne(statement, arguments: [digest.data])
    }

    /// The id of the content that was stored last.
    static func newest(in database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT max(id) FROM btf")
    }

    /// Writes content, over what the table may hold of it, which is then the same or damaged.
    ///
    /// - Returns: false when what a delta builds on has gone since it was made; nothing is written then.
    static func write(_ content: EncodedContent, in database: Database) throws -> Bool {
        let baseID = try content.base.map { try id(of: $0, in: database) }
        let outerID = try content.outer.map { try id(of: $0, in: database) }
        if let baseID, baseID == nil { return false }
        if let outerID, outerID == nil { return false }
        let known = try id(of: content.digest, in: database)
        if content.encoding == .delta, known != nil { return true }
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO btf (digest, size, encoding, payload) VALUES (?, ?, ?, ?)
                ON CONFLICT (digest) DO UPDATE
                SET size = excluded.size, encoding = excluded.encoding, payload = excluded.payload
                """
        )
        try statement.execute(arguments: [
            content.digest.data, content.size, content.encoding.rawValue, Data(content.payload),
        ])
        let rowID = known ?? database.lastInsertedRowID
        try writeDelta(content, of: rowID, base: baseID ?? nil, outer: outerID ?? nil, in: database)
        return true
    }

    /// Writes what stands beside a row.
    static func writeDelta(
        _ content: EncodedContent,
        of id: Int64,
        base: Int64?,
        outer: Int64?,
        in database: Database
    ) throws {
        try database.cachedStatement(sql: "DELETE FROM deltas WHERE btf_id = ?").execute(arguments: [id])
        try database.cachedStatement(sql: "DELETE FROM scripts WHERE btf_id = ?").execute(arguments: [id])
        if content.encoding == .delta {
            let statement = try database.cachedStatement(
                sql: "INSERT INTO deltas (btf_id, base_id, outer_id, depth, seal) VALUES (?, ?, ?, ?, ?)"
            )
            let seal = Seal.delta(content.digest, base: content.base, payload: content.payload)
            try statement.execute(arguments: [id, base, outer, content.depth, seal])
            if outer == nil, base != nil, let digest = content.base {
                let runs = try TypeScript(of: content.payload).bytes()
                try ScriptTable.write(runs, of: id, content.digest, base: digest, in: database)
            }
        }
        if let sketch = content.sketch { try SketchTable.write(sketch, of: id, in: database) }
    }

    /// Removes content that no kernel, no module and no delta refers to, and then what only that built on.
    static func removeUnused(_ ids: Set<Int64>, in database: Database) throws {
        let linked = try database.cachedStatement(sql: "SELECT base_id, outer_id FROM deltas WHERE btf_id = ?")
        let delete = try database.cachedStatement(
            sql: """
                DELETE FROM btf WHERE id = ?1
                AND NOT EXISTS (SELECT 1 FROM kernels WHERE btf_id = ?1)
                AND NOT EXISTS (SELECT 1 FROM modules WHERE btf_id = ?1)
                AND NOT EXISTS (SELECT 1 FROM deltas WHERE base_id = ?1)
                AND NOT EXISTS (SELECT 1 FROM deltas WHERE outer_id = ?1)
                """
        )
        var rest = ids
        while let id = rest.popFirst() {
            let row = try Row.fetchOne(linked, arguments: [id])
            try delete.execute(arguments: [id])
            guard database.changesCount > 0, let row else { continue }
            for index in 0..<2 { if let other = Int64.fromDatabaseValue(row[index]) { rest.insert(other) } }
        }
    }
}

/// What is wrong with a stored thing; becomes `StoreError.damaged` where its name is known.
struct Damage: Error {
    /// A clause that says what is wrong.
    let reason: String
}
