internal import Archive
internal import BTF
internal import BTFDelta
internal import GRDB

/// Canonical bytes, encoded and ready to be written.
struct EncodedContent {
    let digest: ContentDigest
    let size: Int
    let encoding: BTFEncoding
    let payload: [UInt8]
    /// What a delta is to be applied to, by digests, and how long the chain is.
    var base: ContentDigest?
    var outer: ContentDigest?
    var depth = 0
    /// For a kernel's BTF.
    var sketch: Sketch?
}

/// Encodes BTF for the table; slow, so it is done before the writing transaction.
struct ContentEncoder {
    let reader: ContentReader

    /// Encodes BTF as it is, against nothing.
    static func whole(_ canonical: [UInt8], digest: ContentDigest) throws -> EncodedContent {
        EncodedContent(
            digest: digest,
            size: canonical.count,
            encoding: .zstandard,
            payload: try Compression.zstd.compress(canonical, level: BTFEncoding.level)
        )
    }

    /// Encodes a kernel's BTF.
    ///
    /// - Parameters:
    ///   - canonical: its canonical bytes.
    ///   - btf: the BTF.
    ///   - digest: the digest of the bytes.
    /// - Returns: the encoded content; its table and how its base corresponds with it, where it can be a base.
    /// - Throws: `Damage` or what GRDB throws when the store cannot be read.
    func kernel(
        _ canonical: [UInt8],
        _ btf: BTF,
        digest: ContentDigest
    ) throws -> (content: EncodedContent, stored: StoredTable?) {
        guard let table = TypeTable(btf) else { return (try Self.whole(canonical, digest: digest), nil) }
        let hashes = TypeHashes(of: table)
        // What is in the table and is written again is damaged; what builds on it must not become its base.
        let isNew = try BTFTable.id(of: digest, in: reader.database) == nil
        if isNew, let base = try BaseChoice(reader: reader).base(for: hashes)?.entry,
            let delta = try delta(canonical, table, digest, against: base)
        {
            var content = delta.content
            content.sketch = hashes.sketch
            return (content, delta.stored)
        }
        var content = try Self.whole(canonical, digest: digest)
        content.sketch = hashes.sketch
        return (content, StoredTable(table: table, correspondence: nil))
    }

    /// A kernel's BTF as a delta; nil when that saves nothing or does not give the bytes back.
    func delta(
        _ canonical: [UInt8],
        _ table: TypeTable,
        _ digest: ContentDigest,
        against base: ContentReader.Entry
    ) throws -> (content: EncodedContent, stored: StoredTable)? {
        let baseTable = try reader.table(id: base.id).table
        guard let payload = try payload(of: table, from: baseTable), payload.count < canonical.count / 6,
            let result = try? Delta.apply(payload, to: baseTable, limit: canonical.count),
            result.table.canonicalBytes() == canonical
        else { return nil }
        let content = EncodedContent(
            digest: digest,
            size: canonical.count,
            encoding: .delta,
            payload: payload,
            base: base.digest,
            depth: base.depth + 1
        )
        return (content, StoredTable(table: table, correspondence: result.correspondence))
    }

    /// A delta's bytes; nil when there is none that gives the table.
    private func payload(
        of table: TypeTable,
        from base: TypeTable,
        outer: Correspondence = .empty
    ) throws -> [UInt8]? {
        do { return try Delta.encode(table, from: base, outer: outer).bytes } catch is DeltaError { return nil }
    }

    /// Encodes a module's split BTF.
    ///
    /// - Parameters:
    ///   - canonical: its canonical bytes.
    ///   - btf: the BTF.
    ///   - digest: the digest of the bytes.
    ///   - kernel: the kernel's table, and how its base corresponds with it.
    ///   - kernelDigest: the digest of the kernel's BTF.
    ///   - base: the same module of the kernel's base or of the same kernel, where there is one.
    /// - Returns: the encoded content.
    /// - Throws: what GRDB throws when the store cannot be read.
    func module(
        _ canonical: [UInt8],
        _ btf: BTF,
        digest: ContentDigest,
        kernel: StoredTable?,
        kernelDigest: ContentDigest,
        base: ModuleBase?
    ) throws -> EncodedContent {
        let whole = try Self.whole(canonical, digest: digest)
        guard try BTFTable.id(of: digest, in: reader.database) == nil, let kernel,
            let table = TypeTable(btf, kernel: kernel.table)
        else { return whole }
        let baseTable = base?.table ?? .empty
        guard let payload = try payload(of: table, from: baseTable, outer: base?.outer ?? .empty) else { return whole }
        let result = try? Delta.apply(
            payload,
            to: baseTable,
            kernel: kernel.table,
            outer: base?.outer ?? .empty,
            limit: canonical.count
        )
        guard payload.count < whole.payload.count, let result,
            result.table.canonicalBytes(kernel: kernel.table) == canonical
        else { return whole }
        return EncodedContent(
            digest: digest,
            size: canonical.count,
            encoding: .delta,
            payload: payload,
            base: base?.digest,
            outer: kernelDigest,
            depth: (base?.depth ?? 0) + 1
        )
    }

    /// What a module's BTF can be a delta against.
    struct ModuleBase {
        let digest: ContentDigest
        let table: TypeTable
        /// How the kernel of the base corresponds with the kernel of the module.
        let outer: Correspondence
        let depth: Int
    }

    /// Finds a module of a name that belongs to the base of a kernel's BTF, or to a kernel of the same BTF.
    ///
    /// - Parameters:
    ///   - name: the module's name.
    ///   - kernel: the kernel's table, and how its base corresponds with it.
    ///   - digest: the digest of the kernel's BTF.
    ///   - base: the digest of the BTF that the kernel's is a delta against.
    /// - Returns: the module; nil when there is none.
    /// - Throws: what GRDB throws when the store cannot be read.
    func moduleBase(
        named name: String,
        of kernel: StoredTable,
        _ digest: ContentDigest,
        base: ContentDigest?
    ) throws -> ModuleBase? {
        for candidate in [digest, base].compactMap({ $0 }) {
            let statement = try reader.database.cachedStatement(
                sql: """
                    SELECT own.btf_id FROM btf JOIN kernels ON kernels.btf_id = btf.id
                    JOIN modules AS own ON own.kernel_id = kernels.id AND own.name = ?
                    JOIN deltas ON deltas.btf_id = own.btf_id AND deltas.outer_id = btf.id AND deltas.depth < ?
                    WHERE btf.digest = ? LIMIT 1
                    """
            )
            let arguments: StatementArguments = [name, BaseChoice.depthLimit, candidate.data]
            guard let id = try Int64.fetchOne(statement, arguments: arguments),
                let entry = try? reader.entry(id: id), let table = try? reader.table(id: id).table
            else { continue }
            let outer = candidate == digest ? Correspondence(identityOf: kernel.table) : kernel.correspondence
            guard let outer else { continue }
            return ModuleBase(digest: entry.digest, table: table, outer: outer, depth: entry.depth)
        }
        return nil
    }
}
