internal import Foundation
internal import GRDB
internal import KernelIdentity

extension HubStore {
    /// What the store holds and what that costs.
    ///
    /// - Returns: the figures, all of one moment.
    /// - Throws: `StoreError` when the store cannot be read.
    public func statistics() throws(StoreError) -> StoreStatistics {
        try read { database in
            func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
            // Added up by SQLite, for which numbers that a damaged file makes too large are an error.
            func total(_ one: String, _ other: String) throws -> Int {
                try number("WITH numbers (value) AS (\(one) UNION ALL \(other)) SELECT sum(value) FROM numbers")
            }
            let packages = try Row.fetchAll(database, sql: "SELECT state, count(*) FROM ledger GROUP BY state")
                .reduce(into: [String: Int]()) { counts, row in counts[row[0]] = row[1] }
            return StoreStatistics(
                series: try series(in: database),
                supersededBuilds: try number("SELECT count(*) FROM kernels WHERE superseded_at IS NOT NULL"),
                modules: try total("SELECT count(*) FROM modules", "SELECT count FROM module_deltas"),
                distinctBTF: try total("SELECT count(*) FROM btf", "SELECT own FROM module_deltas"),
                canonicalBytes: try total("SELECT size FROM btf", "SELECT size FROM module_deltas"),
                encodedBytes: try total(
                    "SELECT length(payload) FROM btf",
                    "SELECT length(deltas) + length(identities) FROM module_deltas"
                ),
                fileBytes: try number("PRAGMA page_count") * number("PRAGMA page_size"),
                packagesStored: packages["stored"] ?? 0,
                packagesWithoutImage: packages["no_image"] ?? 0,
                packagesFailed: packages["failed"] ?? 0
            )
        }
    }

    private func series(in database: Database) throws -> [StoreStatistics.Series] {
        // The order of names puts a series' kernels side by side, so its first key gives the series' place. Without the
        // limit SQLite would join first, and put whole payloads into what it sorts.
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT distribution, version, architecture, count(*), coalesce(sum(size), 0),
                    coalesce(sum(stored), 0)
                FROM kernels LEFT JOIN (SELECT id, size, length(payload) AS stored FROM btf LIMIT -1) AS contents
                    ON contents.id = btf_id
                WHERE superseded_at IS NULL
                GROUP BY distribution, version, architecture ORDER BY min(order_key)
                """
        )
        var series: [StoreStatistics.Series] = []
        while let row = try rows.next() {
            series.append(
                StoreStatistics.Series(
                    distribution: row[0],
                    version: row[1],
                    architecture: Architecture(rawValue: row[2]),
                    kernels: row[3],
                    canonicalBytes: row[4],
                    encodedBytes: row[5]
                )
            )
        }
        return series
    }
}
