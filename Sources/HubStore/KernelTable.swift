internal import Foundation
internal import GRDB
internal import KernelIdentity

/// Writes the tables of kernels and modules.
enum KernelTable {
    /// A build that is stored under a name.
    struct Build {
        let id: Int64
        let buildID: BuildID?
        let isCurrent: Bool
    }

    /// All builds under a name.
    static func builds(named name: KernelName, in database: Database) throws -> [Build] {
        let statement = try database.cachedStatement(
            sql: "SELECT id, build_id, superseded_at IS NULL FROM kernels WHERE order_key = ?"
        )
        return try Row.fetchAll(statement, arguments: [Data(name.orderKey)]).map {
            let buildID = Data.fromDatabaseValue($0[1]).flatMap { BuildID(bytes: Array($0)) }
            return Build(id: $0[0], buildID: buildID, isCurrent: $0[2])
        }
    }

    /// Writes a kernel and its modules, whose BTF is in the store, or is to be stored as deltas.
    static func insert(
        _ kernel: NewKernel,
        _ contents: NewContents,
        _ modules: EncodedModules,
        ledgerID: Int64?,
        at time: Date,
        in database: Database
    ) throws {
        let name = kernel.name
        let seal = Seal.kernel(name, kernel.buildID, contents.kernel)
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO kernels (distribution, version, architecture, release, order_key, build_id, btf_id,
                    ledger_id, stored_at, seal)
                VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM btf WHERE digest = ?), ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            name.distribution, name.version, name.architecture.rawValue, name.release, Data(name.orderKey),
            kernel.buildID?.data, contents.kernel.data, ledgerID, time.storedSeconds,
            seal,
        ])
        let kernelID = database.lastInsertedRowID
        let all = zip(kernel.modules, contents.modules).map { (name: $0.name, buildID: $0.buildID, btf: $1) }
        let deltaIndices = Set(modules.deltaIndices)
        for (index, module) in all.enumerated() where !deltaIndices.contains(index) {
            try insertModule(module.name, module.buildID, module.btf, of: name, id: kernelID, in: database)
        }
        if let base = modules.base, !modules.deltas.isEmpty {
            let indices = modules.deltaIndices
            let own = zip(indices, modules.deltas).filter { $1.digest != nil }
            try ModuleDeltaTable.write(
                ModuleDeltas(modules.deltas),
                of: kernelID,
                over: base.kernel,
                size: own.reduce(0) { $0 + kernel.modules[$1.0].btf.count },
                seal: Seal.moduleDeltas(seal, indices.map { all[$0] }),
                in: database
            )
        }
        if !kernel.modules.isEmpty {
            try ModuleNameTable.write(contents.moduleNames, of: kernelID, sealed: seal, in: database)
        }
    }

    /// Writes the row of a module, whose BTF is in the store.
    static func insertModule(
        _ module: String,
        _ buildID: BuildID?,
        _ btf: ContentDigest,
        of kernel: KernelName,
        id: Int64,
        in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO modules (kernel_id, name, build_id, btf_id, seal)
                VALUES (?, ?, ?, (SELECT id FROM btf WHERE digest = ?), ?)
                """
        )
        try statement.execute(arguments: [
            id, module, buildID?.data, btf.data, Seal.module(kernel, module, buildID, btf),
        ])
    }

    /// Notes the package that a kernel came from last.
    static func setPackage(_ ledgerID: Int64, ofKernel id: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(sql: "UPDATE kernels SET ledger_id = ? WHERE id = ?")
        try statement.execute(arguments: [ledgerID, id])
    }

    /// Notes that another build has taken a build's name over.
    static func supersede(_ id: Int64, at time: Date, in database: Database) throws {
        let statement = try database.cachedStatement(sql: "UPDATE kernels SET superseded_at = ? WHERE id = ?")
        try statement.execute(arguments: [time.storedSeconds, id])
    }

    /// Removes a build with its modules.
    ///
    /// - Returns: the ids of the BTF that it referred to.
    static func remove(_ id: Int64, in database: Database) throws -> Set<Int64> {
        let used = try database.cachedStatement(
            sql: "SELECT btf_id FROM kernels WHERE id = ?1 UNION SELECT btf_id FROM modules WHERE kernel_id = ?1"
        )
        let ids = try Set(Int64.fetchAll(used, arguments: [id]))
        try ModuleDeltaTable.remove(id, in: database)
        try database.cachedStatement(sql: "DELETE FROM kernels WHERE id = ?").execute(arguments: [id])
        return ids
    }
}
