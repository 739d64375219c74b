internal import Archive
internal import BTF
internal import BTFDelta
internal import Foundation
internal import GRDB

/// A BTF that was read, as what a delta can be applied to.
struct StoredTable: Sendable {
    let table: TypeTable
    /// How the BTF that it is a delta against corresponds with it; nil where it is none.
    let correspondence: Correspondence?
}

/// Reads BTF out of the table, along the chain of bases.
struct ContentReader {
    let database: Database
    let cache: TableCache

    /// The most deltas that are followed. Chains are kept far shorter; a damaged file may hold any, circles too.
    static let chainLimit = 64

    /// What the table says of some content without its payload.
    struct Entry {
        let id: Int64
        let digest: ContentDigest
        let size: Int
        let encoding: BTFEncoding
        let baseID: Int64?
        let outerID: Int64?
        let depth: Int
    }

    private static let select = """
        SELECT id, digest, size, encoding, deltas.btf_id IS NOT NULL, base_id, outer_id, depth
        FROM btf LEFT JOIN deltas ON deltas.btf_id = btf.id
        """

    /// Looks some content up by its digest.
    ///
    /// - Throws: `Damage` when the row is malformed.
    func entry(of digest: ContentDigest) throws -> Entry? {
        let statement = try database.cachedStatement(sql: "\(Self.select) WHERE digest = ?")
        return try Row.fetchOne(statement, arguments: [digest.data]).map(entry(from:))
    }

    /// Looks some content up, and reads it; nil when the table does not hold it whole, so that it is to be written.
    func wholeEntry(of digest: ContentDigest) throws -> Entry? {
        do {
            guard let entry = try entry(of: digest) else { return nil }
            _ = try canonicalBytes(of: entry)
            return entry
        } catch is Damage { return nil }
    }

    func entry(id: Int64) throws -> Entry {
        let statement = try database.cachedStatement(sql: "\(Self.select) WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else {
            throw Damage(reason: "a BTF that it builds on is missing")
        }
        return try entry(from: row)
    }

    private func entry(from row: Row) throws -> Entry {
        let size: Int = try row.column(2)
        guard (1...BTFTable.sizeLimit).contains(size) else { throw Damage(reason: "its stored size is impossible") }
        guard let encoding = BTFEncoding(rawValue: try row.column(3)) else {
            throw Damage(reason: "its encoding is not known")
        }
        guard try row.column(4, Bool.self) == (encoding == .delta) else {
            throw Damage(reason: "it is not recorded what it builds on")
        }
        return Entry(
            id: try row.column(0),
            digest: try row.digestColumn(1),
            size: size,
            encoding: encoding,
            baseID: try row.optionalColumn(5),
            outerID: try row.optionalColumn(6),
            depth: try row.optionalColumn(7) ?? 0
        )
    }

    /// Reads canonical bytes and checks them against their digest.
    ///
    /// - Throws: `Damage` when the bytes that come out are not those of the digest.
    func canonicalBytes(of entry: Entry) throws -> [UInt8] {
        let bytes: [UInt8]
        var stored: StoredTable?
        switch entry.encoding {
        case .zstandard: bytes = try wholeBytes(of: entry)
        case .delta:
            let (found, kernel) = try tables(of: entry, links: 0)
            bytes = found.table.canonicalBytes(kernel: kernel?.table)
            stored = found
        }
        guard bytes.count == entry.size, ContentDigest(of: bytes) == entry.digest else {
            cache.removeAll()
            throw Damage(reason: "its bytes do not match their SHA-256")
        }
        if let stored, entry.outerID == nil { cache.insert(stored, for: entry.digest, bytes: entry.size) }
        return bytes
    }

    /// Reads BTF as a table; that it is what its digest says is not checked.
    ///
    /// - Parameters:
    ///   - id: the row.
    ///   - links: how many references led here.
    /// - Returns: the table.
    /// - Throws: `Damage` when it cannot be read.
    func table(id: Int64, links: Int = 0) throws -> StoredTable {
        guard links < Self.chainLimit else { throw Damage(reason: "its chain of bases has no end") }
        let entry = try entry(id: id)
        if let known = cache[entry.digest] { return known }
        let stored: StoredTable
        switch entry.encoding {
        case .zstandard:
            guard let table = (try? BTF(parsing: try wholeBytes(of: entry))).flatMap({ TypeTable($0) }) else {
                throw Damage(reason: "a BTF that it builds on cannot be read")
            }
            stored = StoredTable(table: table, correspondence: nil)
        case .delta: stored = try tables(of: entry, links: links).stored
        }
        if entry.outerID == nil { cache.insert(stored, for: entry.digest, bytes: entry.size) }
        return stored
    }

    /// Applies a delta to its base.
    private func tables(of entry: Entry, links: Int) throws -> (stored: StoredTable, kernel: StoredTable?) {
        let kernel = try entry.outerID.map { try table(id: $0, links: links + 1) }
        var base = TypeTable.empty
        var outer = Correspondence.empty
        if let baseID = entry.baseID {
            base = try table(id: baseID, links: links + 1).table
            if let outerID = entry.outerID, let kernel {
                outer = try correspondence(from: try self.entry(id: baseID).outerID, to: outerID, kernel)
            }
        }
        let payload = try payload(of: entry)
        do {
            let (table, correspondence) = try Delta.apply(
                payload,
                to: base,
                kernel: kernel?.table,
                outer: outer,
                limit: entry.size
            )
            return (StoredTable(table: table, correspondence: correspondence), kernel)
        } catch { throw Damage(reason: "its payload cannot be decoded: \(error)") }
    }

    /// How the kernel of a module's base corresponds with the module's own kernel.
    private func correspondence(
        from baseOuter: Int64?,
        to outerID: Int64,
        _ kernel: StoredTable
    ) throws -> Correspondence {
        if baseOuter == outerID { return Correspondence(identityOf: kernel.table) }
        if let baseOuter, try entry(id: outerID).baseID == baseOuter, let known = kernel.correspondence { return known }
        throw Damage(reason: "the kernel of its base is not the base of its kernel")
    }

    private func wholeBytes(of entry: Entry) throws -> [UInt8] {
        do { return try Compression.zstd.decompress(try payload(of: entry), limit: entry.size, name: "payload") } catch
        {
            throw Damage(reason: "its payload cannot be decoded")
        }
    }

    private func payload(of entry: Entry) throws -> [UInt8] {
        let statement = try database.cachedStatement(sql: "SELECT payload FROM btf WHERE id = ?")
        let value = try DatabaseValue.fetchOne(statement, arguments: [entry.id])
        guard let value, let payload = Data.fromDatabaseValue(value) else {
            throw Damage(reason: "its payload is no blob")
        }
        return Array(payload)
    }
}
