internal import GRDB

/// The steps that bring a store of an earlier version to the current one.
package struct Migrations: Sendable {
    /// The SQL that leads from a version to the next one, by the version it starts from.
    private let steps: [Int: String]
    /// What is done after a step's SQL, where SQL alone does not do.
    private var completions: [Int: @Sendable (Database) throws -> Void] = [:]
    /// The version that the last step ends with.
    fileprivate let current: Int

    /// The steps of this BTF Hub.
    static let all = {
        let steps = [
            1: Schema.deltas, 2: Schema.scripts, 3: Schema.moduleNames, 4: Schema.tables, 5: Schema.moduleDeltas,
        ]
        var all = Migrations(steps: steps, current: Schema.version)
        all.completions[1] = { try SketchTable.fill($0) }
        all.completions[2] = { try ScriptTable.fill($0) }
        return all
    }()

    /// Makes a chain of steps.
    ///
    /// - Parameters:
    ///   - steps: SQL that leads from a version to the next one, by the version it starts from.
    ///   - current: the version that the last step ends with.
    package init(steps: [Int: String], current: Int) {
        self.steps = steps
        self.current = current
    }

    /// Runs the steps that a store still needs, all in one transaction.
    ///
    /// - Parameters:
    ///   - pool: the store's connections.
    ///   - path: the store's file, for errors.
    /// - Throws: `StoreError` when the store is of a newer version, or of one that no step starts from.
    func bringUpToDate(_ pool: DatabasePool, path: String) throws {
        guard try pool.read(Schema.version(of:)) != current else { return }
        try pool.write { database in
            // Another process may have been faster: the version counts that is found under the lock.
            var version = try Schema.version(of: database)
            guard version <= current else {
                throw StoreError.tooNew(path: path, version: version, supported: current)
            }
            while version < current {
                guard let step = steps[version] else {
                    throw StoreError.notAStore(path: path, reason: "schema version \(version) never existed")
                }
                try database.execute(sql: step)
                try completions[version]?(database)
                version += 1
                try database.execute(sql: "PRAGMA user_version = \(version)")
            }
        }
    }
}

extension HubStore {
    /// Runs a chain of migrations on a store's file; for tests, which have versions of their own.
    ///
    /// - Parameters:
    ///   - path: the store's file.
    ///   - migrations: the steps to run.
    /// - Throws: `StoreError` as opening does.
    package static func migrate(_ path: String, with migrations: Migrations) throws(StoreError) {
        do {
            try StoreFile.checkHeader(of: path, upTo: migrations.current)
            try migrations.bringUpToDate(try StoreFile.openForWriting(path, busyTimeout: 5), path: path)
        } catch {
            throw StoreError(error, path: path, busyTimeout: 5)
        }
    }
}
