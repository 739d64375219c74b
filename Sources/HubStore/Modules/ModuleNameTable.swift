internal import Foundation
internal import GRDB

/// What the types of one module are called.
struct ModuleNames {
    let module: String
    /// The digest of the module's BTF.
    let btf: ContentDigest
    let types: NameSet
}

/// The tables of what the types are called that modules add to their kernels'.
enum ModuleNameTable {
    /// What the table says of one kernel.
    struct Entry {
        /// `names.id` of each module, in the order of the modules' names.
        let ids: [UInt32]
        /// The digest of the modules.
        let modules: ContentDigest
        let seal: Data
    }

    /// Writes what the types of a kernel's modules are called.
    ///
    /// - Parameters:
    ///   - modules: the modules, in the order of their names.
    ///   - id: the row of the kernel.
    ///   - kernel: the seal of that row.
    ///   - database: the store, being written.
    /// - Throws: what GRDB throws when it cannot be written.
    static func write(_ modules: [ModuleNames], of id: Int64, sealed kernel: Data, in database: Database) throws {
        let find = try database.cachedStatement(sql: "SELECT id FROM names WHERE digest = ?")
        let insert = try database.cachedStatement(sql: "INSERT INTO names (digest, hashes) VALUES (?, ?)")
        var known: [NameSet: (id: UInt32, digest: ContentDigest)] = [:]
        var entries: [(id: UInt32, digest: ContentDigest)] = []
        for module in modules {
            if let entry = known[module.types] {
                entries.append(entry)
                continue
            }
            let bytes = module.types.bytes
            let digest = ContentDigest(of: bytes)
            var setID = try Int64.fetchOne(find, arguments: [digest.data])
            if setID == nil {
                try insert.execute(arguments: [digest.data, Data(bytes)])
                setID = database.lastInsertedRowID
            }
            // Four bytes count more sets than there are modules in the world; a kernel without a row is searched whole.
            guard let setID = setID.flatMap(UInt32.init(exactly:)) else { return }
            known[module.types] = (setID, digest)
            entries.append((setID, digest))
        }
        let digest = digest(of: modules.map { ($0.module, $0.btf) })
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO module_names (kernel_id, names, modules, seal) VALUES (?, ?, ?, ?)"
        )
        try statement.execute(arguments: [
            id, Data(entries.flatMap(\.id.littleEndianBytes)), digest.data,
            Seal.moduleNames(kernel, digest, entries.map(\.digest)),
        ])
    }

    /// A digest of modules' names and BTF.
    ///
    /// - Parameter modules: the modules, in the order of their names.
    /// - Returns: the SHA-256 that `module_names.modules` has.
    static func digest(of modules: some Sequence<(name: String, btf: ContentDigest)>) -> ContentDigest {
        var bytes: [UInt8] = []
        for module in modules { bytes += Array(module.name.utf8) + [0] + module.btf.bytes }
        return ContentDigest(of: bytes)
    }

    /// What the table says of a kernel; nil when it says nothing.
    ///
    /// - Throws: `Damage` when it cannot be read.
    static func entry(of id: Int64, in database: Database) throws -> Entry? {
        let statement = try database.cachedStatement(
            sql: "SELECT names, modules, seal FROM module_names WHERE kernel_id = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
        let bytes = Array(try row.column(0, Data.self))
        guard bytes.count.isMultiple(of: 4) else { throw Damage(reason: "a list of names has a part of an entry") }
        let ids = stride(from: 0, to: bytes.count, by: 4).map { UInt32(littleEndian: bytes, at: $0) }
        return Entry(ids: ids, modules: try row.digestColumn(1), seal: try row.column(2))
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

    /// Removes sets that are damaged, and those that no kernel names.
    static func removeUnused(in database: Database) throws {
        var used: Set<UInt32> = []
        for id in try Int64.fetchAll(database, sql: "SELECT kernel_id FROM module_names") {
            do { used.formUnion(try entry(of: id, in: database)?.ids ?? []) } catch is Damage {}
        }
        let remove = try database.cachedStatement(sql: "DELETE FROM names WHERE id = ?")
        for id in try Int64.fetchAll(database, sql: "SELECT id FROM names") {
            if let id = UInt32(exactly: id), used.contains(id), try set(id, in: database) != nil { continue }
            try remove.execute(arguments: [id])
        }
    }
}
