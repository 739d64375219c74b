internal import Archive
internal import Foundation
internal import GRDB
internal import KernelIdentity

/// The table of kernels' modules that are stored as what they add to another kernel's, and the index of their build-ids.
enum ModuleDeltaTable {
    /// zstd's level.
    private static let level = 19

    /// What a row says beside its deltas.
    struct Row {
        /// The kernel whose modules the deltas are against; nil when that is gone.
        let base: Int64?
        let count: Int
        let own: Int
        let size: Int
        let seal: Data
    }

    /// A kernel's row; nil when it has none.
    ///
    /// - Throws: `Damage` when it is malformed.
    static func row(of kernel: Int64, in database: Database) throws -> Row? {
        let statement = try database.cachedStatement(
            sql: "SELECT base_id, count, own, size, seal FROM module_deltas WHERE kernel_id = ?"
        )
        return try Row.fetch(statement, kernel)
    }

    /// A kernel's deltas.
    ///
    /// - Throws: `Damage` when they cannot be read.
    static func deltas(of kernel: Int64, _ row: Row, in database: Database) throws -> ModuleDeltas {
        let statement = try database.cachedStatement(
            sql: "SELECT deltas, identities FROM module_deltas WHERE kernel_id = ?"
        )
        guard let blobs = try GRDB.Row.fetchOne(statement, arguments: [kernel]) else {
            throw Damage(reason: "the deltas of its modules are gone")
        }
        let (packed, identities) = (Array(try blobs.column(0, Data.self)), Array(try blobs.column(1, Data.self)))
        do {
            let bytes = try Compression.zstd.decompress(packed, limit: BTFTable.sizeLimit, name: "deltas")
            return try ModuleDeltas(bytes: bytes, identities: identities, count: row.count, own: row.own)
        } catch { throw Damage(reason: "the deltas of its modules cannot be decoded") }
    }

    /// Writes the modules of a kernel that are deltas.
    ///
    /// - Parameters:
    ///   - deltas: the modules.
    ///   - kernel: the row of the kernel.
    ///   - base: the row of the kernel whose modules the deltas are against.
    ///   - size: the canonical bytes of those whose BTF is not the base's.
    ///   - seal: what `Seal.moduleDeltas` gives for them.
    ///   - database: the store, being written.
    /// - Throws: what GRDB throws when it cannot be written.
    static func write(
        _ deltas: ModuleDeltas,
        of kernel: Int64,
        over base: Int64,
        size: Int,
        seal: Data,
        in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO module_deltas (kernel_id, base_id, count, own, size, seal, deltas, identities)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            kernel, base, deltas.entries.count, deltas.own, size, seal,
            Data(try Compression.zstd.compress(deltas.bytes, level: level)), Data(deltas.identities),
        ])
        try writeBuildIDs(deltas.entries.compactMap(\.buildID), of: kernel, in: database)
    }

    /// Removes a kernel's deltas.
    static func remove(_ kernel: Int64, in database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM module_deltas WHERE kernel_id = ?").execute(arguments: [kernel])
        // The index is in the order of build-ids, so that it is read from end to end.
        guard database.changesCount > 0 else { return }
        try database.cachedStatement(sql: "DELETE FROM module_build_ids WHERE kernel_id = ?")
            .execute(arguments: [kernel])
    }

    /// The kernels whose modules are deltas against those of a kernel.
    static func kernels(over base: Int64, in database: Database) throws -> [Int64] {
        let statement = try database.cachedStatement(sql: "SELECT kernel_id FROM module_deltas WHERE base_id = ?")
        return try Int64.fetchAll(statement, arguments: [base])
    }
}

extension ModuleDeltaTable.Row {
    fileprivate static func fetch(_ statement: Statement, _ kernel: Int64) throws -> Self? {
        guard let row = try GRDB.Row.fetchOne(statement, arguments: [kernel]) else { return nil }
        return Self(
            base: try row.optionalColumn(0),
            count: try row.column(1),
            own: try row.column(2),
            size: try row.column(3),
            seal: try row.column(4)
        )
    }
}

// MARK: - Build-ids

extension ModuleDeltaTable {
    /// How many bytes of a build-id are in the index.
    private static let prefixLength = 3

    /// What the index has of a build-id.
    private static func prefix(_ buildID: BuildID) -> Data { Data(buildID.bytes.prefix(prefixLength)) }

    /// The kernels with a module among their deltas whose build-id may be this one, the newest first.
    static func kernels(withModule buildID: BuildID, in database: Database) throws -> [Int64] {
        let statement = try database.cachedStatement(
            sql: "SELECT kernel_id FROM module_build_ids WHERE prefix = ? ORDER BY kernel_id DESC"
        )
        return try Int64.fetchAll(statement, arguments: [prefix(buildID)])
    }

    /// Whether the index leads from each of some build-ids to a kernel.
    static func hasAll(_ buildIDs: some Sequence<BuildID>, of kernel: Int64, in database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT 1 FROM module_build_ids WHERE prefix = ? AND kernel_id = ?"
        )
        return try buildIDs.allSatisfy { try Int.fetchOne(statement, arguments: [prefix($0), kernel]) != nil }
    }

    /// Puts build-ids of a kernel's modules into the index.
    static func writeBuildIDs(_ buildIDs: [BuildID], of kernel: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO module_build_ids (prefix, kernel_id) VALUES (?, ?)"
        )
        for buildID in buildIDs { try statement.execute(arguments: [prefix(buildID), kernel]) }
    }
}
