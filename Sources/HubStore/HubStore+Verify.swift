internal import Foundation
internal import GRDB

/// What `HubStore.verify(_:)` says about one thing that it has checked.
public struct Verification: Hashable, Sendable {
    /// What was checked.
    public enum Subject: Hashable, Sendable {
        /// The structure of the SQLite file.
        case file
        /// A kernel, its modules included, by what its row calls it.
        case kernel(String)
    }

    /// What was checked.
    public let subject: Subject
    /// What is wrong with it, a clause each; empty when it is whole.
    public let damage: [String]

    /// Whether the subject is whole.
    public var isIntact: Bool { damage.isEmpty }
}

extension HubStore {
    /// Reads and checks everything: the file's structure, each kernel's and module's row, and all BTF.
    ///
    /// Each result is handed over as soon as it is known. Each BTF is decoded once, however many kernels share it.
    ///
    /// - Parameter report: takes each result: first the file's, then each kernel's, superseded builds included.
    /// - Returns: whether all is whole.
    /// - Throws: `StoreError` when the store cannot be read any further, and what the closure throws.
    @discardableResult
    public func verify(_ report: (Verification) throws -> Void) throws -> Bool {
        let store = try snapshot()
        let structure = try store.structuralDamage()
        try report(Verification(subject: .file, damage: structure))
        var isIntact = structure.isEmpty
        let damagedContents = try store.damagedContents()
        var lastID: Int64 = 0
        var state = VerifyState()
        while let (id, result) = try store.verifyKernel(after: lastID, damagedContents, &state) {
            lastID = id
            isIntact = isIntact && result.isIntact
            try report(result)
        }
        return isIntact
    }

    /// What SQLite's own checks find: pages, indexes, types and references.
    private func structuralDamage() throws(StoreError) -> [String] {
        try read { database in
            let findings = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
            let loose = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").prefix(20).map { row in
                "a row of \(String.fromDatabaseValue(row[0]) ?? "a table") refers to one that is missing"
            }
            return findings + loose
        }
    }

    /// What is wrong with each BTF that is damaged, by its id.
    func damagedContents() throws(StoreError) -> [Int64: String] {
        var damaged: [Int64: String] = [:]
        var lastID: Int64 = Int64.min
        let cache = ContentCache()
        while let (id, reason) = try verifyContent(after: lastID, cache) {
            lastID = id
            damaged[id] = reason
        }
        return damaged
    }

    private func verifyContent(
        after lastID: Int64,
        _ cache: ContentCache
    ) throws(StoreError) -> (id: Int64, damage: String?)? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT id, digest FROM btf WHERE id > ? ORDER BY id LIMIT 1"
            )
            guard let row = try Row.fetchOne(statement, arguments: [lastID]) else { return nil }
            let id: Int64 = row[0]
            let reader = ContentReader(database: database, cache: cache)
            do {
                guard let entry = try reader.entry(of: try row.digestColumn(1)) else {
                    return (id, "the index of digests does not lead to its BTF")
                }
                _ = try reader.canonicalBytes(of: entry)
                return (id, nil)
            } catch let damage as Damage { return (id, damage.reason) }
        }
    }

    /// What is kept from one kernel to the next.
    struct VerifyState {
        fileprivate var names = ModuleSearch(forTypesNamed: [], ofKinds: [])
        fileprivate let cache = ContentCache()
        /// The kernels whose modules were checked, and what is wrong with those that are stored as deltas.
        fileprivate var checked: Set<Int64> = []
        fileprivate var damaged: [ModulePlace: String] = [:]
    }

    func verifyKernel(
        after lastID: Int64,
        _ damagedContents: [Int64: String],
        _ state: inout VerifyState
    ) throws(StoreError) -> (id: Int64, result: Verification)? {
        try read { database in
            let sql = "\(KernelRows.select) WHERE kernels.id > ? ORDER BY kernels.id LIMIT 1"
            let statement = try database.cachedStatement(sql: sql)
            guard let row = try Row.fetchOne(statement, arguments: [lastID]) else { return nil }
            let id: Int64 = row[0]
            var damage: [String] = []
            do {
                let kernel = try KernelRows.kernel(from: row, path: path)
                try damage += damageOfModules(of: kernel, damagedContents, &state, in: database)
            } catch StoreError.damaged(_, _, let reason) { damage.append(reason) }
            try damage += damageOfContents(ofKernel: id, damagedContents, in: database)
            return (id, Verification(subject: .kernel(KernelRows.subject(of: row)), damage: damage))
        }
    }

    private func damageOfModules(
        of kernel: Kernel,
        _ damagedContents: [Int64: String],
        _ state: inout VerifyState,
        in database: Database
    ) throws -> [String] {
        var damage: [String] = []
        let reader = ModuleReader(contents: ContentReader(database: database, cache: state.cache))
        let rows = try reader.rowModules(of: kernel) { damage.append("module \($0): \($1)") }
        var deltas: [StoredModule] = []
        do { deltas = try reader.deltaModules(of: kernel) } catch let fault as Damage { damage.append(fault.reason) }
        for module in deltas {
            let place = module.place
            if let last = place.steps.last, last.kernel == kernel.id || !state.checked.contains(last.kernel) {
                do { _ = try reader.canonicalBytes(at: place, module.btf) } catch let fault as Damage {
                    state.damaged[place] = fault.reason
                }
            }
            let reason = place.steps.isEmpty ? damagedContents[place.row] : state.damaged[place]
            if let reason { damage.append("module \(module.name): \(reason)") }
        }
        state.checked.insert(kernel.id)
        if try !ModuleDeltaTable.hasAll(deltas.lazy.compactMap(\.buildID), of: kernel.id, in: database) {
            damage.append(Self.lackOfBuildIDs)
        }
        let all = ModuleReader.merged(rows, deltas).map { ($0.name, $0.btf.digest) }
        switch try state.names.fault(of: kernel, having: ModuleNameTable.digest(of: all), in: database) {
        case .names(let reason), .modules(let reason): return damage + [reason]
        case nil: return damage
        }
    }

    private static let lackOfBuildIDs = "the index of build-ids does not lead to its modules"

    private func damageOfContents(
        ofKernel id: Int64,
        _ damagedContents: [Int64: String],
        in database: Database
    ) throws -> [String] {
        guard !damagedContents.isEmpty else { return [] }
        let statement = try database.cachedStatement(
            sql: """
                SELECT btf_id, '' FROM kernels WHERE id = ?1
                UNION ALL SELECT btf_id, name FROM modules WHERE kernel_id = ?1
                """
        )
        return try Row.fetchAll(statement, arguments: [id]).compactMap { row in
            guard let content = Int64.fromDatabaseValue(row[0]), let reason = damagedContents[content] else {
                return nil
            }
            let module = String.fromDatabaseValue(row[1]) ?? "?"
            return module.isEmpty ? reason : "module \(module): \(reason)"
        }
    }
}
