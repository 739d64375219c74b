import CLzma

extension Compression {
    /// Compresses bytes that are in memory. Equal input gives equal output.
    ///
    /// - Parameters:
    ///   - bytes: what to compress.
    ///   - level: the compressor's own level (gzip 1–9, xz 0–9, zstd 1–22), or nil for its default.
    /// - Returns: one whole stream of this compression.
    /// - Throws: `ArchiveError` when the compressor refuses the level or memory runs out.
    public func compress(_ bytes: [UInt8], level: Int? = nil) throws(ArchiveError) -> [UInt8] {
        switch self {
        case .none: return bytes
        case .zstd: return try Zstandard.compress(bytes, level: level)
        case .gzip, .xz:
            do {
                return try ArchiveWriter.compressStream(bytes, compression: self, level: level)
            } catch let error as ArchiveError {
                throw error
            } catch {
                throw ArchiveError(.cannotWrite, at: ArchivePlace(file: "bytes in memory"), "\(error)")
            }
        }
    }

    /// Decompresses bytes that are in memory.
    ///
    /// - Parameters:
    ///   - bytes: one whole stream of this compression; of xz and zstd, several may follow each other.
    ///   - limit: the most bytes that may come out; no more memory than that is used for them.
    ///   - name: what errors call the bytes.
    /// - Returns: what was compressed.
    /// - Throws: `ArchiveError` when the stream is damaged, ends too early, is of another compression, or unpacks to
    ///   more than the limit.
    public func decompress(
        _ bytes: [UInt8],
        limit: Int,
        name: String = "bytes in memory"
    ) throws(ArchiveError) -> [UInt8] {
        switch self {
        case .none:
            guard bytes.count <= limit else {
                let place = ArchivePlace(file: name)
                throw ArchiveError(.tooLarge, at: place, "is larger than the limit of \(limit) bytes")
            }
            return bytes
        case .zstd: return try Zstandard.decompress(bytes, limit: limit, name: name)
        case .gzip:
            let contents = try Self.decompressStream(bytes, .gzip, limit: limit, name: name)
            try Self.checkGzip(contents, against: bytes, name: name)
            return contents
        case .xz: return try Self.decompressStream(bytes, .xz, limit: limit, name: name)
        }
    }

    private static func decompressStream(
        _ bytes: [UInt8],
        _ compression: Compression,
        limit: Int,
        name: String
    ) throws(ArchiveError) -> [UInt8] {
        let reader = try ArchiveReader(
            MemoryByteSource(bytes: bytes, name: name),
            formats: .only(compression),
            threads: 1
        )
        let isEmpty = try reader.nextMember() == nil
        guard reader.isCompressed else {
            throw ArchiveError(
                .unsupported,
                at: ArchivePlace(file: name),
                "not compressed with \(compression.rawValue)"
            )
        }
        return isEmpty ? [] : try reader.contents(limit: limit)
    }

    /// Holds contents against the CRC32 and the length at a gzip stream's end (RFC 1952, 2.3.1), which libarchive reads
    /// over.
    private static func checkGzip(_ contents: [UInt8], against stream: [UInt8], name: String) throws(ArchiveError) {
        let trailer = stream.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let crc = lzma_crc32(contents, contents.count, 0)
        guard trailer == UInt64(truncatingIfNeeded: contents.count) << 32 | UInt64(crc) else {
            throw ArchiveError(.damaged, at: ArchivePlace(file: name), "the gzip checksum does not match")
        }
    }
}
