internal import Foundation
internal import GRDB
public import KernelIdentity

extension HubStore {
    /// Lists kernels in the order of their names, a page at a time; superseded builds are left out.
    ///
    /// - Parameters:
    ///   - filter: which kernels.
    ///   - name: the name to go on after, from the page before; nil for the first page.
    ///   - limit: the most kernels that the page may have.
    /// - Returns: the page.
    /// - Throws: `StoreError` when the store cannot be read.
    public func kernels(
        matching filter: KernelFilter = .all,
        after name: KernelName? = nil,
        limit: Int = 256
    ) throws(StoreError) -> KernelPage {
        let limit = max(limit, 1)
        var conditions = ["superseded_at IS NULL"]
        var arguments = StatementArguments()
        func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        require("order_key > ?", name.map { Data($0.orderKey) })
        require("kernels.distribution = ?", filter.distribution)
        require("kernels.version = ?", filter.version)
        require("kernels.architecture = ?", filter.architecture?.rawValue)
        // The glob is matched in Swift: SQLite's takes exponential time on patterns of many stars.
        let sql = "\(KernelRows.select) WHERE \(conditions.joined(separator: " AND ")) ORDER BY order_key"
        return try read { database in
            var kernels: [Kernel] = []
            var damaged: [StoreError] = []
            let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
            while let row = try rows.next() {
                do {
                    let kernel = try KernelRows.kernel(from: row, path: path)
                    guard filter.matches(kernel.name) else { continue }
                    guard kernels.count < limit else {
                        return KernelPage(kernels: kernels, damaged: damaged, next: kernels.last?.name)
                    }
                    kernels.append(kernel)
                } catch let error as StoreError { damaged.append(error) }
            }
            return KernelPage(kernels: kernels, damaged: damaged, next: nil)
        }
    }

    /// Calls a closure for each kernel that matches, in the order of their names. Memory does not grow with their number.
    ///
    /// Kernels that are stored meanwhile may or may not be among them; a `snapshot()` sees none of those.
    ///
    /// - Parameters:
    ///   - filter: which kernels.
    ///   - body: what to do with each.
    /// - Returns: the rows that do not match their seal.
    /// - Throws: `StoreError` when the store cannot be read, and what the closure throws.
    @discardableResult
    public func forEachKernel(
        matching filter: KernelFilter = .all,
        _ body: (Kernel) throws -> Void
    ) throws -> [StoreError] {
        var damaged: [StoreError] = []
        var next: KernelName?
        repeat {
            let page = try kernels(matching: filter, after: next)
            damaged += page.damaged
            for kernel in page.kernels { try body(kernel) }
            next = page.next
        } while next != nil
        return damaged
    }

    /// Looks a kernel up by its name.
    ///
    /// - Parameter name: the kernel's name.
    /// - Returns: the build that the name stands for, or nil when the store has none.
    /// - Throws: `StoreError` when the row is damaged or the store cannot be read.
    public func kernel(named name: KernelName) throws(StoreError) -> Kernel? {
        let kernel = try firstKernel("order_key = ? AND superseded_at IS NULL", Data(name.orderKey))
        guard let kernel, kernel.name != name else { return kernel }
        throw .damaged(path: path, subject: name.description, reason: "the index leads to \(kernel.name)")
    }

    /// Looks a kernel up by the build-id of its image.
    ///
    /// - Parameter buildID: the build-id.
    /// - Returns: the kernel, a build that its name stands for before a superseded one; nil when the store has none.
    /// - Throws: `StoreError` when the row is damaged or the store cannot be read.
    public func kernel(buildID: BuildID) throws(StoreError) -> Kernel? {
        let kernel = try firstKernel("build_id = ? ORDER BY superseded_at IS NOT NULL, order_key", buildID.data)
        guard let kernel, kernel.buildID != buildID else { return kernel }
        throw .damaged(path: path, subject: "build-id \(buildID)", reason: "the index leads to \(kernel.name)")
    }

    /// All builds that were stored under a name: first the one that it stands for, then the others, newest first.
    ///
    /// - Parameter name: the kernels' name.
    /// - Returns: the builds; none when the store does not know the name.
    /// - Throws: `StoreError` when a row is damaged or the store cannot be read.
    public func builds(named name: KernelName) throws(StoreError) -> [Kernel] {
        let order = "ORDER BY superseded_at IS NOT NULL, superseded_at DESC, kernels.id DESC"
        return try read { database in
            let sql = "\(KernelRows.select) WHERE order_key = ? \(order)"
            return try Row.fetchAll(database, sql: sql, arguments: [Data(name.orderKey)]).map {
                try KernelRows.kernel(from: $0, path: path)
            }
        }
    }

    func kernel(id: Int64, in database: Database) throws -> Kernel? {
        let statement = try database.cachedStatement(sql: "\(KernelRows.select) WHERE kernels.id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map { try KernelRows.kernel(from: $0, path: path) }
    }

    private func firstKernel(_ condition: String, _ value: Data) throws(StoreError) -> Kernel? {
        try read { database in
            let statement = try database.cachedStatement(sql: "\(KernelRows.select) WHERE \(condition) LIMIT 1")
            return try Row.fetchOne(statement, arguments: [value]).map { try KernelRows.kernel(from: $0, path: path) }
        }
    }
}
