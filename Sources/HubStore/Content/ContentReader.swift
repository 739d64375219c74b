internal import Archive
internal import BTF
internal import BTFDelta
internal import Foundation
internal import GRDB

/// Reads BTF out of the table, along the chain of bases.
struct ContentReader {
    let database: Database
    let cache: ContentCache

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
        let payloadLength: Int
    }

    private static let select = """
        SELECT id, digest, size, encoding, deltas.btf_id IS NOT NULL, base_id, outer_id, depth, length(payload)
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
            depth: try row.optionalColumn(7) ?? 0,
            payloadLength: try row.column(8)
        )
    }

    /// Reads canonical bytes and checks them against their digest.
    ///
    /// - Throws: `Damage` when the bytes that come out are not those of the digest.
    func canonicalBytes(of entry: Entry) throws -> [UInt8] {
        let bytes: [UInt8]
        switch entry.encoding {
        case .zstandard: bytes = try wholeBytes(of: entry)
        case .table, .delta:
            let kernel = try entry.outerID.map { try layers(id: $0) }
            let stored = try layers(of: entry, links: 0)
            do { bytes = try stored.canonicalBytes(kernel: kernel) } catch {
                throw Damage(reason: "its payload cannot be decoded: \(error)")
            }
        }
        guard bytes.count == entry.size, ContentDigest(of: bytes) == entry.digest else {
            cache.removeAll()
            throw Damage(reason: "its bytes do not match their SHA-256")
        }
        return bytes
    }

    /// Reads BTF as it is stored; that it is what its digest says is not checked.
    ///
    /// - Parameters:
    ///   - id: the row.
    ///   - links: how many references led here.
    /// - Returns: the BTF in layers.
    /// - Throws: `Damage` when it cannot be read.
    func layers(id: Int64, links: Int = 0) throws -> TypeLayers {
        guard links < Self.chainLimit else { throw Damage(reason: "its chain of bases has no end") }
        return try layers(of: try entry(id: id), links: links)
    }

    private func layers(of entry: Entry, links: Int) throws -> TypeLayers {
        if let known = cache.layers(of: entry.digest) { return known }
        let layers: TypeLayers
        switch entry.encoding {
        case .zstandard:
            guard let table = (try? BTF(parsing: try wholeBytes(of: entry))).flatMap({ TypeTable($0) }) else {
                throw Damage(reason: "a BTF that it builds on cannot be read")
            }
            layers = TypeLayers(table)
        case .table:
            do { layers = TypeLayers(try TypeTable(packed: try payload(of: entry), limit: entry.size)) } catch {
                throw Damage(reason: "its payload cannot be decoded: \(error)")
            }
        case .delta: layers = try applied(entry, links: links)
        }
        if entry.outerID == nil { cache.insert(layers, for: entry.digest) }
        return layers
    }

    /// Applies a delta to its base.
    private func applied(_ entry: Entry, links: Int) throws -> TypeLayers {
        if let outerID = entry.outerID, try self.entry(id: outerID).outerID != nil {
            throw Damage(reason: "its kernel is a module")
        }
        let kernel = try entry.outerID.map { try layers(id: $0, links: links + 1) }
        var base = TypeLayers(.empty)
        var isOfNextKernel = false
        if let baseID = entry.baseID {
            let baseOuter = try self.entry(id: baseID).outerID
            if let outerID = entry.outerID {
                isOfNextKernel = try isNextKernel(outerID, after: baseOuter)
            } else if baseOuter != nil {
                throw Damage(reason: "it is a kernel's and builds on a module's")
            }
            base = try layers(id: baseID, links: links + 1)
        }
        let payload = try payload(of: entry)
        do {
            return try TypeLayers(
                applying: payload,
                to: base,
                kernel: kernel,
                isOfNextKernel: isOfNextKernel,
                limit: entry.size
            )
        } catch { throw Damage(reason: "its payload cannot be decoded: \(error)") }
    }

    /// Whether a module's kernel builds on the kernel of the module's base; false when it is the same.
    private func isNextKernel(_ outerID: Int64, after baseOuter: Int64?) throws -> Bool {
        if baseOuter == outerID { return false }
        if let baseOuter, try entry(id: outerID).baseID == baseOuter { return true }
        throw Damage(reason: "the kernel of its base is not the base of its kernel")
    }

    private func wholeBytes(of entry: Entry) throws -> [UInt8] {
        do { return try Compression.zstd.decompress(try payload(of: entry), limit: entry.size, name: "payload") } catch
        {
            throw Damage(reason: "its payload cannot be decoded")
        }
    }

    private func payload(of entry: Entry) throws -> [UInt8] {
        let sql = "SELECT payload FROM btf WHERE id = ? AND typeof(payload) = 'blob'"
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: [entry.id])
        // The row's bytes are gone with the cursor.
        return try withExtendedLifetime(rows) {
            guard let row = try rows.next() else { throw Damage(reason: "its payload is no blob") }
            return try row.withUnsafeData(atIndex: 0) { Array($0 ?? Data()) }
        }
    }
}

// MARK: - As a base

extension ContentReader {
    /// A kernel's BTF as what others can be deltas against.
    ///
    /// - Throws: `Damage` when it cannot be read.
    func base(_ entry: Entry) throws -> ContentCache.Base {
        if let known = cache.base(of: entry.digest) { return known }
        let table: TypeTable
        do { table = try layers(id: entry.id).table() } catch let error as DeltaError {
            throw Damage(reason: "its payload cannot be decoded: \(error)")
        }
        let base = ContentCache.Base(table: table, hashes: TypeHashes(of: table))
        cache.insert(base, for: entry.digest, bytes: entry.size)
        return base
    }

    /// The rows from some content to what is stored whole, both included, as far as they are there.
    func chain(from id: Int64) -> [Int64] {
        var (chain, next): ([Int64], Int64?) = ([], id)
        while let at = next, chain.count < Self.chainLimit {
            chain.append(at)
            next = (try? entry(id: at))?.baseID
        }
        return chain
    }

    /// The payloads' bytes along the chain of some content, which a reader has to decode.
    func chainBytes(of entry: Entry) throws -> Int {
        var (bytes, at) = (0, entry)
        for _ in 0..<Self.chainLimit {
            guard let baseID = at.baseID else { return bytes }
            bytes += at.payloadLength
            at = try self.entry(id: baseID)
        }
        throw Damage(reason: "its chain of bases has no end")
    }
}
