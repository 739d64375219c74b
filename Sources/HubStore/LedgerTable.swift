internal import Foundation
internal import GRDB

/// Reads and writes the table of the ledger.
enum LedgerTable {
    /// Writes what became of a package.
    ///
    /// - Returns: the row's id.
    static func record(
        _ outcome: PackageOutcome,
        for package: SourcePackage,
        at time: Date,
        in database: Database
    ) throws -> Int64 {
        // A file of another digest under the same name is another file: its attempts are counted from the start.
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO ledger (source, package, version, architecture, digest, state, reason, attempts,
                    recorded_at, retry_after)
                VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
                ON CONFLICT (source, package, version, architecture) DO UPDATE
                SET attempts = CASE WHEN digest IS excluded.digest THEN attempts + 1 ELSE 1 END,
                    digest = excluded.digest, state = excluded.state, reason = excluded.reason,
                    recorded_at = excluded.recorded_at, retry_after = excluded.retry_after
                RETURNING id
                """
        )
        let columns = Columns(outcome)
        let id = try Int64.fetchOne(
            statement,
            arguments: [
                package.source, package.name, package.version, package.architecture, package.digest?.data,
                columns.state, columns.reason, time.storedSeconds, columns.retryAfter?.storedSeconds,
            ]
        )
        return id ?? database.lastInsertedRowID
    }

    /// Selects the columns that `entry(from:)` reads.
    static let select = """
        SELECT id, source, package, version, architecture, digest, state, reason, attempts, recorded_at, retry_after,
            (SELECT coalesce(sum(\(ModuleReader.count(ofKernel: "kernels.id"))), 0) FROM kernels
                WHERE ledger_id = ledger.id)
        FROM ledger
        """

    /// Reads a row.
    static func entry(from row: Row) throws -> LedgerEntry {
        let package = SourcePackage(
            source: try row.column(1),
            name: try row.column(2),
            version: try row.column(3),
            architecture: try row.column(4),
            digest: try row.optionalColumn(5, Data.self).flatMap(ContentDigest.init(_:))
        )
        let columns = Columns(
            state: try row.column(6),
            reason: try row.optionalColumn(7),
            retryAfter: try row.optionalColumn(10).map(Date.init(storedSeconds:))
        )
        guard let outcome = columns.outcome else { throw Damage(reason: "its state is not known") }
        return LedgerEntry(
            package: package,
            outcome: outcome,
            attempts: try row.column(8),
            modules: try row.column(11),
            recordedAt: Date(storedSeconds: try row.column(9)),
            id: try row.column(0)
        )
    }
}

extension LedgerTable {
    /// A package's outcome as the table's columns have it.
    private struct Columns {
        let state: String
        let reason: String?
        let retryAfter: Date?

        init(state: String, reason: String?, retryAfter: Date?) {
            self.state = state
            self.reason = reason
            self.retryAfter = retryAfter
        }

        init(_ outcome: PackageOutcome) {
            switch outcome {
            case .stored: self.init(state: "stored", reason: nil, retryAfter: nil)
            case .noImage(let reason): self.init(state: "no_image", reason: reason, retryAfter: nil)
            case .failed(let reason, let retryAfter):
                self.init(state: "failed", reason: reason, retryAfter: retryAfter)
            }
        }

        var outcome: PackageOutcome? {
            switch state {
            case "stored": .stored
            case "no_image": .noImage(reason: reason ?? "")
            case "failed": .failed(reason: reason ?? "", retryAfter: retryAfter)
            default: nil
            }
        }
    }
}
