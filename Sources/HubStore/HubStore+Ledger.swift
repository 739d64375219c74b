public import Foundation
internal import GRDB

extension HubStore {
    /// Whether a package is to be processed, by what the ledger says of it.
    ///
    /// - Parameters:
    ///   - package: the package; where ledger and package both have a digest, one of another digest is a new package.
    ///   - time: the time to hold retry times against.
    /// - Returns: the decision.
    /// - Throws: `StoreError` when the store cannot be read.
    public func decision(for package: SourcePackage, at time: Date = Date()) throws(StoreError) -> PackageDecision {
        guard let entry = try ledgerEntry(for: package) else { return .new }
        if let known = entry.package.digest, let digest = package.digest, known != digest { return .new }
        switch entry.outcome {
        case .stored, .noImage: return .done(entry)
        case .failed(_, let retryAfter):
            if let retryAfter, time < retryAfter { return .waiting(entry, until: retryAfter) }
            return .retry(entry)
        }
    }

    /// Notes what became of a package that did not end in a kernel; `add(_:from:at:)` notes those that did.
    ///
    /// - Parameters:
    ///   - outcome: what became of it.
    ///   - package: the package.
    ///   - time: when that is.
    /// - Throws: `StoreError` when the store cannot be written.
    public func record(
        _ outcome: PackageOutcome,
        for package: SourcePackage,
        at time: Date = Date()
    ) throws(StoreError) {
        try write { database in _ = try LedgerTable.record(outcome, for: package, at: time, in: database) }
    }

    /// What the ledger says of a package, whatever its digest.
    ///
    /// - Parameter package: the package.
    /// - Returns: the entry, or nil when the ledger does not know the package.
    /// - Throws: `StoreError` when the row is damaged or the store cannot be read.
    public func ledgerEntry(for package: SourcePackage) throws(StoreError) -> LedgerEntry? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "\(LedgerTable.select) WHERE source = ? AND package = ? AND version = ? AND architecture = ?"
            )
            let row = try Row.fetchOne(
                statement,
                arguments: [package.source, package.name, package.version, package.architecture]
            )
            return try row.map(entry(from:))
        }
    }

    /// Lists the ledger, a page at a time, in the order in which packages were first seen.
    ///
    /// - Parameters:
    ///   - id: the id of the entry to go on after; nil for the first page.
    ///   - limit: the most entries that the page may have.
    /// - Returns: the entries; fewer than the limit when the ledger ends here.
    /// - Throws: `StoreError` when a row is damaged or the store cannot be read.
    public func ledger(after id: Int64? = nil, limit: Int = 256) throws(StoreError) -> [LedgerEntry] {
        try read { database in
            let statement = try database.cachedStatement(sql: "\(LedgerTable.select) WHERE id > ? ORDER BY id LIMIT ?")
            return try Row.fetchAll(statement, arguments: [id ?? 0, max(limit, 1)]).map(entry(from:))
        }
    }

    private func entry(from row: Row) throws -> LedgerEntry {
        do { return try LedgerTable.entry(from: row) } catch let damage as Damage {
            let subject = "the ledger's entry for \(String.fromDatabaseValue(row[2]) ?? "a package")"
            throw StoreError.damaged(path: path, subject: subject, reason: damage.reason)
        }
    }
}
