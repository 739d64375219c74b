internal import BTF
internal import GRDB

extension HubStore {
    /// Gives the modules rows of their own that are stored as deltas against a kernel's, which is to be removed.
    func separateModules(over base: Int64, in database: Database) throws {
        for id in try ModuleDeltaTable.kernels(over: base, in: database) { try separateModules(of: id, in: database) }
    }

    /// Gives the modules of a kernel rows of their own that are stored as deltas; those of a damaged one stay as they are.
    ///
    /// - Parameters:
    ///   - id: the row of the kernel.
    ///   - database: the store, being written.
    /// - Throws: what GRDB throws when it cannot be written.
    func separateModules(of id: Int64, in database: Database) throws {
        let reader = moduleReader(database)
        let encoder = ModuleEncoder(reader: reader)
        do {
            guard let kernel = try kernel(id: id, in: database),
                let entry = try reader.contents.entry(of: kernel.btf.digest),
                let vmlinux = try? BTF(parsing: reader.contents.canonicalBytes(of: entry))
            else { return }
            let context = ModuleContext(
                kernel: try reader.contents.layers(id: entry.id),
                digest: entry.digest,
                base: nil
            )
            let modules = try reader.deltaModules(of: kernel)
            let rows = try modules.map { module -> EncodedContent? in
                // Others may build on a row that is there already.
                if try reader.contents.wholeEntry(of: module.btf.digest) != nil { return nil }
                let bytes = try reader.canonicalBytes(at: module.place, module.btf)
                let btf = try BTF(parsing: bytes, base: vmlinux)
                return try encoder.alone(bytes, btf, digest: module.btf.digest, of: context)
            }
            try ModuleDeltaTable.remove(id, in: database)
            for (module, row) in zip(modules, rows) {
                if let row { _ = try BTFTable.write(row, in: database) }
                try KernelTable.insertModule(
                    module.name,
                    module.buildID,
                    module.btf.digest,
                    of: kernel.name,
                    id: id,
                    in: database
                )
            }
        } catch is Damage {
            return
        } catch is BTFError {
            return
        } catch StoreError.damaged { return }
    }
}

// MARK: - For repair

extension HubStore {
    /// Gives the modules of kernels rows of their own that are stored as deltas, where the kernels' BTF builds on what is
    /// damaged and is to be stored on its own.
    func separateModules(above damaged: Set<Int64>) throws {
        let kernels = try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT kernel_id, btf_id FROM module_deltas JOIN kernels ON kernels.id = kernel_id
                    """
            )
            let contents = ContentReader(database: database, cache: ContentCache())
            return rows.compactMap { row -> Int64? in
                guard let kernel = Int64.fromDatabaseValue(row[0]), let btf = Int64.fromDatabaseValue(row[1]) else {
                    return nil
                }
                return contents.chain(from: btf).contains(where: damaged.contains) ? kernel : nil
            }
        }
        for id in kernels { try write { database in try separateModules(of: id, in: database) } }
    }

    /// Puts the build-ids of modules that are stored as deltas into their index, where that lacks any.
    func mendBuildIDs() throws {
        try write { database in
            let reader = moduleReader(database)
            for id in try Int64.fetchAll(database, sql: "SELECT kernel_id FROM module_deltas") {
                guard let modules = try? reader.deltaModules(of: id) else { continue }
                try ModuleDeltaTable.writeBuildIDs(modules.compactMap(\.buildID), of: id, in: database)
            }
        }
    }
}
