internal import BTFDelta
internal import Foundation
internal import GRDB

/// The table of deltas' scripts.
enum ScriptTable {
    /// Writes the script of a delta between kernels' BTFs.
    static func write(
        _ runs: [UInt8],
        of id: Int64,
        _ digest: ContentDigest,
        base: ContentDigest,
        in database: Database
    ) throws {
        let statement = try database.cachedStatement(sql: "INSERT INTO scripts (btf_id, runs, seal) VALUES (?, ?, ?)")
        try statement.execute(arguments: [id, Data(runs), Seal.script(digest, base: base, runs: runs)])
    }

    /// Takes the scripts out of the deltas of a store that has none yet; a delta that is damaged gets none.
    static func fill(_ database: Database) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT own.id, own.digest, base.digest, own.payload FROM deltas
                JOIN btf AS own ON own.id = btf_id JOIN btf AS base ON base.id = base_id WHERE outer_id IS NULL
                """
        )
        while let row = try rows.next() {
            guard let id = Int64.fromDatabaseValue(row[0]), let digest = try? row.digestColumn(1),
                let base = try? row.digestColumn(2), let payload = Data.fromDatabaseValue(row[3]),
                let script = try? TypeScript(of: Array(payload))
            else { continue }
            try write(script.bytes(), of: id, digest, base: base, in: database)
        }
    }
}
