internal import Foundation
internal import GRDB

/// The table of BTF by content: canonical bytes go in and come out, encoded in between.
enum BTFTable {
    /// The most bytes that one BTF may have; the largest kernels' have 10 million.
    static let sizeLimit = 256 << 20

    /// Canonical bytes, encoded and ready to be written.
    struct Row {
        let digest: ContentDigest
        let size: Int
        let encoding: BTFEncoding
        let payload: [UInt8]
    }

    /// Encodes canonical bytes for the table; slow, so it is done before the writing transaction.
    static func encode(_ canonical: [UInt8], digest: ContentDigest) throws -> Row {
        let encoding = BTFEncoding.preferred
        return Row(digest: digest, size: canonical.count, encoding: encoding, payload: try encoding.encode(canonical))
    }

    /// The id of some content, or nil when the table does not hold it.
    static func id(of digest: ContentDigest, in database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(sql: "SELECT id FROM btf WHERE digest = ?")
        return try Int64.fetchOne(statement, arguments: [digest.data])
    }

    /// Whether the table holds some content whole, so that it need not be written.
    static func holds(_ digest: ContentDigest, in database: Database) throws -> Bool {
        do { return try canonicalBytes(of: digest, in: database) != nil } catch is Damage { return false }
    }

    /// Writes a row, over what the table may hold of the content, which is then the same or damaged.
    static func write(_ row: Row, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO btf (digest, size, encoding, payload) VALUES (?, ?, ?, ?)
                ON CONFLICT (digest) DO UPDATE
                SET size = excluded.size, encoding = excluded.encoding, payload = excluded.payload
                """
        )
        try statement.execute(arguments: [row.digest.data, row.size, row.encoding.rawValue, Data(row.payload)])
    }

    /// Reads canonical bytes.
    ///
    /// - Returns: the bytes, or nil when the table does not hold the content.
    /// - Throws: `Damage` when the bytes that come out are not those of the digest.
    static func canonicalBytes(of digest: ContentDigest, in database: Database) throws -> [UInt8]? {
        let statement = try database.cachedStatement(sql: "SELECT size, encoding, payload FROM btf WHERE digest = ?")
        guard let row = try GRDB.Row.fetchOne(statement, arguments: [digest.data]) else { return nil }
        guard let size = Int.fromDatabaseValue(row[0]), (1...sizeLimit).contains(size) else {
            throw Damage(reason: "its stored size is impossible")
        }
        guard let encoding = Int.fromDatabaseValue(row[1]).flatMap(BTFEncoding.init(rawValue:)) else {
            throw Damage(reason: "its encoding is not known")
        }
        guard let payload = Data.fromDatabaseValue(row[2]) else { throw Damage(reason: "its payload is no blob") }
        let bytes: [UInt8]
        do { bytes = try encoding.decode(Array(payload), size: size) } catch {
            throw Damage(reason: "its payload cannot be decoded")
        }
        guard bytes.count == size, ContentDigest(of: bytes) == digest else {
            throw Damage(reason: "its bytes do not match their SHA-256")
        }
        return bytes
    }

    /// Removes content that no kernel and no module refers to.
    static func removeUnused(_ ids: Set<Int64>, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                DELETE FROM btf WHERE id = ?1
                AND NOT EXISTS (SELECT 1 FROM kernels WHERE btf_id = ?1)
                AND NOT EXISTS (SELECT 1 FROM modules WHERE btf_id = ?1)
                """
        )
        for id in ids { try statement.execute(arguments: [id]) }
    }
}

/// What is wrong with a stored thing; becomes `StoreError.damaged` where its name is known.
struct Damage: Error {
    /// A clause that says what is wrong.
    let reason: String
}
