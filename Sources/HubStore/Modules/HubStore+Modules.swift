internal import Foundation
internal import GRDB
public import KernelIdentity

extension HubStore {
    /// The modules of a kernel, in the order of their names.
    ///
    /// - Parameter kernel: a kernel of this store.
    /// - Returns: its modules; none when the store holds none of it.
    /// - Throws: `StoreError` when a row is damaged or the store cannot be read.
    public func modules(of kernel: Kernel) throws(StoreError) -> [Module] {
        try read { database in try modules(of: kernel, in: database) }
    }

    func modules(of kernel: Kernel, in database: Database) throws -> [Module] {
        let reader = moduleReader(database)
        let rows = try reader.rowModules(of: kernel) { name, reason in
            throw StoreError.damaged(path: path, subject: "module \(name) of \(kernel.name)", reason: reason)
        }
        do {
            let deltas = try cache.retried { try reader.deltaModules(of: kernel) }
            return ModuleReader.merged(rows, deltas).map { Module($0, of: kernel) }
        } catch let damage as Damage {
            throw StoreError.damaged(path: path, subject: kernel.name.description, reason: damage.reason)
        }
    }

    func moduleReader(_ database: Database) -> ModuleReader {
        ModuleReader(contents: ContentReader(database: database, cache: cache))
    }

    /// The number of modules of a kernel.
    ///
    /// - Parameter kernel: a kernel of this store.
    /// - Returns: how many there are.
    /// - Throws: `StoreError` when the store cannot be read.
    public func moduleCount(of kernel: Kernel) throws(StoreError) -> Int {
        try read { database in
            let statement = try database.cachedStatement(sql: "SELECT \(ModuleReader.count(ofKernel: "?1"))")
            return try Int.fetchOne(statement, arguments: [kernel.id]) ?? 0
        }
    }

    /// Looks a module up by its build-id.
    ///
    /// - Parameter buildID: the build-id.
    /// - Returns: the module with its kernel, or nil when the store has none. Where several builds of a kernel share the
    ///   module, the newest one's.
    /// - Throws: `StoreError` when a row is damaged or the store cannot be read.
    public func module(buildID: BuildID) throws(StoreError) -> (module: Module, kernel: Kernel)? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT kernel_id FROM modules WHERE build_id = ? ORDER BY kernel_id DESC LIMIT 1"
            )
            let rows = try Int64.fetchAll(statement, arguments: [buildID.data])
            let deltas = try ModuleDeltaTable.kernels(withModule: buildID, in: database)
            for id in Set(rows + deltas).sorted(by: >) {
                guard let kernel = try kernel(id: id, in: database) else {
                    let subject = "the module of build-id \(buildID)"
                    throw StoreError.damaged(path: path, subject: subject, reason: "its kernel is missing")
                }
                // The index of deltas has a part of each build-id.
                if let module = try module(buildID, of: kernel, in: database) { return (module, kernel) }
            }
            return nil
        }
    }

    private func module(_ buildID: BuildID, of kernel: Kernel, in database: Database) throws -> Module? {
        let reader = moduleReader(database)
        var fault: StoreError?
        let rows = try reader.rowModules(of: kernel) { name, reason in
            fault = .damaged(path: path, subject: "module \(name) of \(kernel.name)", reason: reason)
        }
        if let found = rows.first(where: { $0.buildID == buildID }) { return Module(found, of: kernel) }
        do {
            let found = try cache.retried { try reader.deltaModules(of: kernel) }.first { $0.buildID == buildID }
            if let found { return Module(found, of: kernel) }
        } catch let damage as Damage {
            fault = .damaged(path: path, subject: kernel.name.description, reason: damage.reason)
        }
        if let fault { throw fault }
        return nil
    }
}

extension Module {
    /// A module that was found in the store.
    init(_ stored: StoredModule, of kernel: Kernel) {
        self.init(
            kernelID: kernel.id,
            place: stored.place,
            name: stored.name,
            kernel: kernel.name,
            buildID: stored.buildID,
            btf: stored.btf
        )
    }
}
