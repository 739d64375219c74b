internal import Foundation
internal import GRDB

/// A kernel that `HubStore.repair(_:)` has dropped.
public struct DroppedKernel: Hashable, Sendable {
    /// What its row calls it.
    public let kernel: String
    /// What was wrong with it, a clause each.
    public let damage: [String]
    /// The package that it came from, where that is known; its entry in the ledger is gone, so that the next run of its
    /// job ingests it again.
    public let package: String?
}

extension HubStore {
    /// Drops what is damaged, so that a re-ingest stores it again: each damaged kernel with its modules, its package's
    /// entry in the ledger, and damaged BTF. What builds on damaged BTF and is whole is stored on its own first. What follows
    /// from other rows, which is the names in modules and the index of their build-ids, is made anew.
    ///
    /// What SQLite finds wrong with the file itself is not mended; `verify(_:)` says what is left.
    ///
    /// - Parameter report: is told of each kernel that is dropped.
    /// - Throws: `StoreError` when the store cannot be written, and what the closure throws.
    public func repair(_ report: (DroppedKernel) throws -> Void) throws {
        guard writer != nil else { throw StoreError.readOnly(path: path) }
        let damagedContents = try damagedContents()
        if !damagedContents.isEmpty { try separateModules(above: Set(damagedContents.keys)) }
        try storeAlone(whatBuildsOn: Set(damagedContents.keys), damagedContents)
        try mendModuleNames()
        try mendBuildIDs()
        var lastID: Int64 = 0
        var state = VerifyState()
        while let (id, result) = try verifyKernel(after: lastID, damagedContents, &state) {
            lastID = id
            guard !result.isIntact, case .kernel(let name) = result.subject else { continue }
            let package = try drop(id)
            try report(DroppedKernel(kernel: name, damage: result.damage, package: package))
        }
        // What built on damaged BTF has a higher place in its chain; those go first.
        try write { database in
            try database.execute(sql: "REINDEX")
            try BTFTable.removeUnused(Set(damagedContents.keys), in: database)
        }
    }

    /// Removes a kernel, and what the ledger says of its package.
    private func drop(_ id: Int64) throws(StoreError) -> String? {
        try write { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT ledger.id, package FROM kernels JOIN ledger ON ledger.id = ledger_id WHERE kernels.id = ?",
                arguments: [id]
            )
            try separateModules(over: id, in: database)
            let unused = try KernelTable.remove(id, in: database)
            try BTFTable.removeUnused(unused, in: database)
            guard let row, let ledgerID = Int64.fromDatabaseValue(row[0]) else { return nil }
            try database.execute(sql: "UPDATE kernels SET ledger_id = NULL WHERE ledger_id = ?", arguments: [ledgerID])
            try database.execute(sql: "DELETE FROM ledger WHERE id = ?", arguments: [ledgerID])
            return String.fromDatabaseValue(row[1])
        }
    }

    /// Stores whole BTF whose base is damaged in a part that it does not use without a base.
    private func storeAlone(whatBuildsOn damaged: Set<Int64>, _ damagedContents: [Int64: String]) throws {
        for base in damaged {
            let above = try read { database in
                try Int64.fetchAll(
                    database,
                    sql: "SELECT btf_id FROM deltas WHERE base_id = ?1 OR outer_id = ?1",
                    arguments: [base]
                )
            }
            for id in above where damagedContents[id] == nil {
                try write { database in
                    let reader = ContentReader(database: database, cache: ContentCache())
                    let entry = try reader.entry(id: id)
                    let content = try ContentEncoder.whole(try reader.canonicalBytes(of: entry), digest: entry.digest)
                    _ = try BTFTable.write(content, in: database)
                }
            }
        }
    }
}
