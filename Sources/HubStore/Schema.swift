internal import Foundation
internal import GRDB

/// The schema of the store, as `schema.sql` has it.
enum Schema {
    /// The text of `schema.sql`.
    static var sql: String { String(decoding: PackageResources.schema_sql, as: UTF8.self) }

    /// What the header of a store's file has as application id: `BTFH`.
    static let applicationID = 0x4254_4648

    /// The version that `schema.sql` describes.
    static let version = 6

    /// What version 2 has more than version 1: the tables and indexes that deltas need.
    static var deltas: String {
        statements(making: ["TABLE deltas ", "INDEX deltas_by_base ", "INDEX deltas_by_outer ", "TABLE sketches "])
    }

    /// What version 3 has more than version 2: the scripts of deltas on their own.
    static var scripts: String { statements(making: ["TABLE scripts "]) }

    /// What version 4 has more than version 3: the names in modules.
    static var moduleNames: String { statements(making: ["TABLE names ", "TABLE module_names "]) }

    /// What is otherwise in version 5: kernels' BTF may be stored as tables. All are to be examined once more.
    static let tables = "UPDATE sketches SET examined = 0"

    /// What version 6 has more than version 5: modules as deltas against another kernel's.
    static var moduleDeltas: String {
        statements(making: ["TABLE module_deltas ", "INDEX module_deltas_by_base ", "TABLE module_build_ids "])
    }

    /// The schema's statements that make some tables and indexes.
    private static func statements(making names: [String]) -> String {
        names.map { name in
            // A semicolon within a line belongs to a comment.
            guard let start = sql.range(of: "CREATE \(name)"),
                let end = sql.range(of: ";\n", range: start.lowerBound..<sql.endIndex)
            else { return "" }
            return String(sql[start.lowerBound..<end.upperBound])
        }.joined()
    }

    /// The version of a store, from `PRAGMA user_version`.
    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// Refuses a store of any other version than the current.
    static func requireCurrentVersion(_ database: Database, path: String) throws {
        let found = try version(of: database)
        if found > version { throw StoreError.tooNew(path: path, version: found, supported: version) }
        if found < version { throw StoreError.tooOld(path: path, version: found, supported: version) }
    }
}
