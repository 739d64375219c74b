internal import BTF
internal import BTFDelta
internal import Foundation
internal import GRDB

/// The table of samples by which bases are found.
enum SketchTable {
    /// Writes the sketch of a kernel's BTF.
    static func write(_ sketch: Sketch, of id: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO sketches (btf_id, hashes) VALUES (?, ?)
                ON CONFLICT (btf_id) DO UPDATE SET hashes = excluded.hashes
                """
        )
        try statement.execute(arguments: [id, Data(sketch.bytes)])
    }

    /// Samples the kernels' BTF of a store that has no sketches yet; one that is damaged or not canonical gets none.
    static func fill(_ database: Database) throws {
        let reader = ContentReader(database: database, cache: ContentCache())
        for id in try Int64.fetchAll(database, sql: "SELECT DISTINCT btf_id FROM kernels") {
            guard let entry = try? reader.entry(id: id), let bytes = try? reader.canonicalBytes(of: entry),
                let table = (try? BTF(parsing: bytes)).flatMap({ TypeTable($0) })
            else { continue }
            try write(TypeHashes(of: table).sketch, of: id, in: database)
        }
    }
}
