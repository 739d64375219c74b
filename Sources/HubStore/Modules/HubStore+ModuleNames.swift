internal import BTF
internal import GRDB

extension HubStore {
    /// The rows of the kernels with modules that were stored before the store took note of what types are called in them.
    func kernelsWithoutModuleNames() throws(StoreError) -> [Int64] {
        try read { database in
            try Int64.fetchAll(
                database,
                sql: """
                    SELECT kernel_id FROM (SELECT kernel_id FROM modules UNION SELECT kernel_id FROM module_deltas)
                    WHERE kernel_id NOT IN (SELECT kernel_id FROM module_names)
                    """
            )
        }
    }

    /// Notes what the types of a kernel's modules are called; a kernel whose modules cannot be read is passed over.
    ///
    /// - Throws: `StoreError` when the store cannot be written.
    func noteModuleNames(ofKernel id: Int64) throws {
        guard let (kernel, names) = try? moduleNames(ofKernel: id) else { return }
        try write { database in
            // Another kernel may have taken the row since, or this one other modules.
            guard try ModuleNameTable.entry(of: id, in: database) == nil,
                let now = try self.kernel(id: id, in: database), now == kernel,
                try modules(of: now, in: database).map(\.btf.digest) == names.map(\.btf)
            else { return }
            let seal = Seal.kernel(kernel.name, kernel.buildID, kernel.btf.digest)
            try ModuleNameTable.write(names, of: id, sealed: seal, in: database)
        }
    }

    private func moduleNames(ofKernel id: Int64) throws -> (kernel: Kernel, names: [ModuleNames])? {
        guard let kernel = try read({ database in try kernel(id: id, in: database) }) else { return nil }
        let vmlinux = try BTF(parsing: btf(of: kernel))
        let names = try modules(of: kernel).map { module in
            let types = try BTF(parsing: btf(of: module), base: vmlinux)
            return ModuleNames(module: module.name, btf: module.btf.digest, types: NameSet(of: types))
        }
        return (kernel, names)
    }

    /// Makes anew what does not match its seal, where the kernel's modules are those that it was made of.
    ///
    /// - Throws: `StoreError` when the store cannot be written.
    func mendModuleNames() throws {
        let damaged = try read { database in
            var search = ModuleSearch(forTypesNamed: [], ofKinds: [])
            return try Int64.fetchAll(database, sql: "SELECT kernel_id FROM module_names").filter { id in
                guard let kernel = try? kernel(id: id, in: database),
                    let modules = try? modules(of: kernel, in: database)
                else { return false }
                let digest = ModuleNameTable.digest(of: modules.map { ($0.name, $0.btf.digest) })
                guard case .names = try search.fault(of: kernel, having: digest, in: database) else { return false }
                return true
            }
        }
        guard !damaged.isEmpty else { return }
        try write { database in
            let remove = try database.cachedStatement(sql: "DELETE FROM module_names WHERE kernel_id = ?")
            for id in damaged { try remove.execute(arguments: [id]) }
            try ModuleNameTable.removeUnused(in: database)
        }
        for id in damaged { try noteModuleNames(ofKernel: id) }
    }
}
