internal import Foundation
internal import GRDB

/// The tables of what the types are called that modules add to their kernels'.
enum ModuleNameTable {
    /// What the table says of one kernel.
    struct Entry {
        /// `names.id` of each module, in the order of the modules' names.
        let ids: [UInt32]
        let seal: Data
    }

    /// Writes what the types of a kernel's modules are called.
    ///
    /// - Parameters:
    ///   - sets: the names in each module, in the order of the modules' names.
    ///   - id: the row of the kernel.
    ///   - kernel: the seal of that row.
    ///   - database: the store, being written.
    /// - Throws: what GRDB throws when it cannot be written.
    static func write(_ sets: [NameSet], of id: Int64, sealed kernel: Data, in database: Database) throws {
        let find = try database.cachedStatement(sql: "SELECT id FROM names WHERE digest = ?")
        let insert = try database.cachedStatement(sql: "INSERT INTO names (digest, hashes) VALUES (?, ?)")
        var known: [NameSet: (id: Int64, digest: ContentDigest)] = [:]
        var entries: [(id: Int64, digest: ContentDigest)] = []
        for set in sets {
            if let entry = known[set] {
                entries.append(entry)
                continue
            }
            let digest = ContentDigest(of: set.bytes)
            var setID = try Int64.fetchOne(find, arguments: [digest.data])
            if setID == nil {
                try insert.execute(arguments: [digest.data, Data(set.bytes)])
                setID = database.lastInsertedRowID
            }
            // Four bytes hold more sets than there are modules in the world; who has more does without.
            guard let setID, UInt32(exactly: setID) != nil else { return }
            known[set] = (setID, digest)
            entries.append((setID, digest))
        }
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO module_names (kernel_id, names, seal) VALUES (?, ?, ?)"
        )
        let ids = entries.flatMap { UInt32(truncatingIfNeeded: $0.id).littleEndianBytes }
        try statement.execute(arguments: [id, Data(ids), Seal.moduleNames(kernel, entries.map(\.digest))])
    }

    /// What the table says of a kernel; nil when it says nothing.
    ///
    /// - Throws: `Damage` when it cannot be read.
    static func entry(of id: Int64, in database: Database) throws -> Entry? {
        let statement = try database.cachedStatement(sql: "SELECT names, seal FROM module_names WHERE kernel_id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
        let bytes = Array(try row.column(0, Data.self))
        guard bytes.count.isMultiple(of: 4) else { throw Damage(reason: "a list of names has a part of an entry") }
        let ids = stride(from: 0, to: bytes.count, by: 4).map { UInt32(littleEndian: bytes, at: $0) }
        return Entry(ids: ids, seal: try row.column(1))
    }

    /// A set of names with its digest; nil when it is missing or damaged.
    static func set(_ id: UInt32, in database: Database) throws -> (names: NameSet, digest: ContentDigest)? {
        let statement = try database.cachedStatement(sql: "SELECT hashes, digest FROM names WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [Int64(id)]),
            let hashes = Data.fromDatabaseValue(row[0]),
            let digest = try? row.digestColumn(1), ContentDigest(of: Array(hashes)) == digest,
            let names = NameSet(bytes: hashes)
        else { return nil }
        return (names, digest)
    }
}
