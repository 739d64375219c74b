internal import BTF
internal import GRDB

extension HubStore {
    /// Notes what the types of modules are called, of each kernel that was stored before the store took note of that.
    ///
    /// - Throws: `StoreError` when the store cannot be written. A kernel whose modules cannot be read is passed over.
    func fillModuleNames() throws {
        let missing = try read { database in
            try Int64.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT kernel_id FROM modules
                    WHERE NOT EXISTS (SELECT 1 FROM module_names AS own WHERE own.kernel_id = modules.kernel_id)
                    """
            )
        }
        for id in missing {
            guard let (kernel, sets) = try? moduleNames(ofKernel: id) else { continue }
            try write { database in
                let exists = try Bool.fetchOne(database, sql: "SELECT 1 FROM kernels WHERE id = ?", arguments: [id])
                guard exists == true else { return }
                let seal = Seal.kernel(kernel.name, kernel.buildID, kernel.btf.digest)
                try ModuleNameTable.write(sets, of: id, sealed: seal, in: database)
            }
        }
    }

    /// Makes anew what does not match its seal.
    ///
    /// - Throws: `StoreError` when the store cannot be written.
    func mendModuleNames() throws {
        let damaged = try read { database in
            var search = ModuleSearch(forTypesNamed: [], ofKinds: [])
            return try Int64.fetchAll(database, sql: "SELECT kernel_id FROM module_names").filter { id in
                guard let kernel = try? kernel(id: id, in: database) else { return false }
                let sql = "SELECT count(*) FROM modules WHERE kernel_id = ?"
                let count = try Int.fetchOne(database, sql: sql, arguments: [id]) ?? 0
                return try search.damage(of: kernel, moduleCount: count, in: database) != nil
            }
        }
        guard !damaged.isEmpty else { return }
        try write { database in
            let remove = try database.cachedStatement(sql: "DELETE FROM module_names WHERE kernel_id = ?")
            for id in damaged { try remove.execute(arguments: [id]) }
            let removeSet = try database.cachedStatement(sql: "DELETE FROM names WHERE id = ?")
            for id in try Int64.fetchAll(database, sql: "SELECT id FROM names") {
                let set = try UInt32(exactly: id).flatMap { try ModuleNameTable.set($0, in: database) }
                if set == nil { try removeSet.execute(arguments: [id]) }
            }
        }
        try fillModuleNames()
    }

    private func moduleNames(ofKernel id: Int64) throws -> (kernel: Kernel, sets: [NameSet])? {
        guard let kernel = try read({ database in try kernel(id: id, in: database) }) else { return nil }
        let vmlinux = try BTF(parsing: btf(of: kernel))
        let sets = try modules(of: kernel).map { NameSet(of: try BTF(parsing: btf(of: $0), base: vmlinux)) }
        return (kernel, sets)
    }
}
