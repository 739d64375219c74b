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
        let sql = "\(Self.selectModules) WHERE kernel_id = ? ORDER BY modules.name"
        let statement = try database.cachedStatement(sql: sql)
        return try Row.fetchAll(statement, arguments: [kernel.id]).map { try module(from: $0, of: kernel) }
    }

    /// The number of modules of a kernel.
    ///
    /// - Parameter kernel: a kernel of this store.
    /// - Returns: how many there are.
    /// - Throws: `StoreError` when the store cannot be read.
    public func moduleCount(of kernel: Kernel) throws(StoreError) -> Int {
        try read { database in
            let statement = try database.cachedStatement(sql: "SELECT count(*) FROM modules WHERE kernel_id = ?")
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
            let sql = "\(Self.selectModules) WHERE modules.build_id = ? ORDER BY kernel_id DESC LIMIT 1"
            guard let row = try Row.fetchOne(database, sql: sql, arguments: [buildID.data]) else { return nil }
            guard let id = Int64.fromDatabaseValue(row[0]), let kernel = try kernel(id: id, in: database) else {
                let subject = "the module of build-id \(buildID)"
                throw StoreError.damaged(path: path, subject: subject, reason: "its kernel is missing")
            }
            return (try module(from: row, of: kernel), kernel)
        }
    }

    static let selectModules = """
        SELECT kernel_id, modules.name, modules.build_id, modules.seal, btf.digest, btf.size
        FROM modules LEFT JOIN btf ON btf.id = modules.btf_id
        """

    /// Reads a row of the table of modules and checks it against its seal.
    func module(from row: Row, of kernel: Kernel) throws -> Module {
        do {
            let name = try row.column(1, String.self)
            let buildID = try row.buildIDColumn(2)
            let btf = BTFReference(digest: try row.digestColumn(4), size: try row.column(5))
            guard try row.column(3) == Seal.module(kernel.name, name, buildID, btf.digest) else {
                throw Damage(reason: "its row does not match its seal")
            }
            return Module(name: name, kernel: kernel.name, buildID: buildID, btf: btf)
        } catch let damage as Damage {
            let subject = "module \(String.fromDatabaseValue(row[1]) ?? "?") of \(kernel.name)"
            throw StoreError.damaged(path: path, subject: subject, reason: damage.reason)
        }
    }
}
