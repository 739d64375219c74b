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

    /// Encodes a kernel's BTF against nothing, so that it is read fast and others can build on it.
    ///
    /// - Throws: `DeltaError` when it would not come out again.
    static func table(_ canonical: [UInt8], _ table: TypeTable, digest: ContentDigest) throws -> EncodedContent {
        let payload = try table.packed()
        guard try TypeLayers(TypeTable(packed: payload)).canonicalBytes() == canonical else {
            return try whole(canonical, digest: digest)
        }
        return EncodedContent(digest: digest, size: canonical.count, encoding: .table, payload: payload)
    }

    /// A kernel's BTF, encoded.
    struct Kernel {
        let content: EncodedContent
        /// The BTF in layers, where modules can go on from it.
        let layers: TypeLayers?
    }

    /// Encodes a kernel's BTF.
    ///
    /// - Parameters:
    ///   - canonical: its canonical bytes.
    ///   - btf: the BTF.
    ///   - digest: the digest of the bytes.
    /// - Returns: the encoded BTF.
    /// - Throws: `Damage` or what GRDB throws when the store cannot be read.
    func kernel(_ canonical: [UInt8], _ btf: BTF, digest: ContentDigest) throws -> Kernel {
        guard let table = TypeTable(btf) else {
            return Kernel(content: try Self.whole(canonical, digest: digest), layers: nil)
        }
        let hashes = TypeHashes(of: table)
        // What is in the table and is written again is damaged; what builds on it must not become its base.
        let isNew = try BTFTable.id(of: digest, in: reader.database) == nil
        let bases = isNew ? try BaseChoice(reader: reader).bases(for: hashes, size: canonical.count) : []
        if let (content, layers) = try delta(canonical, table, digest, against: bases) {
            return Kernel(content: content.with(hashes.sketch), layers: layers)
        }
        let content = try Self.table(canonical, table, digest: digest)
        return Kernel(content: content.with(hashes.sketch), layers: TypeLayers(table))
    }

    /// Encodes a kernel's BTF against what was stored later than some row; nil when no delta is small enough.
    func delta(_ canonical: [UInt8], _ btf: BTF, digest: ContentDigest, newerThan id: Int64) throws -> Kernel? {
        guard let table = TypeTable(btf), try BTFTable.id(of: digest, in: reader.database) == nil else { return nil }
        let hashes = TypeHashes(of: table)
        let bases = try BaseChoice(reader: reader).bases(for: hashes, size: canonical.count, newerThan: id)
        return try delta(canonical, table, digest, against: bases).map { content, layers in
            Kernel(content: content.with(hashes.sketch), layers: layers)
        }
    }

    /// A kernel's BTF as a delta against the first of some bases that gives one that is small enough; nil when none does.
    func delta(
        _ canonical: [UInt8],
        _ table: TypeTable,
        _ digest: ContentDigest,
        against bases: [BaseChoice.Candidate]
    ) throws -> (content: EncodedContent, layers: TypeLayers)? {
        for base in bases.prefix(3) {
            guard let payload = try Self.payload(of: table, from: try reader.base(base.entry).table),
                payload.count <= base.room,
                let under = try? reader.layers(id: base.entry.id),
                let layers = try? TypeLayers(applying: payload, to: under, limit: canonical.count),
                (try? layers.canonicalBytes()) == canonical
            else { continue }
            let content = EncodedContent(
                digest: digest,
                size: canonical.count,
                encoding: .delta,
                payload: payload,
                base: base.entry.digest,
                depth: base.entry.depth + 1
            )
            return (content, layers)
        }
        return nil
    }

    /// A delta's bytes; nil when there is none that gives the table.
    static func payload(
        of table: TypeTable,
        from base: TypeTable,
        outer: Correspondence = .empty
    ) throws -> [UInt8]? {
        do { return try Delta.encode(table, from: base, outer: outer).bytes } catch is DeltaError { return nil }
    }
}

extension EncodedContent {
    /// The same with a sketch.
    fileprivate func with(_ sketch: Sketch) -> EncodedContent {
        var content = self
        content.sketch = sketch
        return content
    }
}
