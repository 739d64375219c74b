import CLzma

/// What came of decompressing one stream.
public struct StreamResult: Hashable, Sendable {
    /// How many bytes of the input were used: the stream's length, when there was no fault, and with `lz4` up to four
    /// more.
    public internal(set) var read = 0
    /// How many bytes came out, also before a fault.
    public internal(set) var written = 0
    /// Why the stream could not be decompressed to its end: it is damaged, ends too early, is not supported, or unpacks
    /// to more than there was room for. Nil when all is well.
    public internal(set) var fault: ArchiveError?
}

extension StreamCompression {
    /// Decompresses the stream that bytes start with, and leaves alone what follows it.
    ///
    /// A stream with nothing in it is at fault: no producer that is read here writes one.
    ///
    /// The memory used is the target's and at most 256 MiB of the decoder's own.
    ///
    /// - Parameters:
    ///   - bytes: bytes that start with a stream of this compression; its end need not be known.
    ///   - target: takes what comes out; its size is the most that may.
    ///   - place: where the stream starts, for errors.
    /// - Returns: how many bytes went in and came out, and the fault, if there was one.
    public func decompress(
        _ bytes: RawSpan,
        into target: UnsafeMutableRawBufferPointer,
        at place: ArchivePlace
    ) -> StreamResult {
        var result = StreamResult()
        do throws(ArchiveError) {
            try bytes.withUnsafeBytes { (bytes) throws(ArchiveError) in
                try run(try decoder(of: bytes, at: place), into: target, at: place, &result)
                guard self == .gzip else { return }
                let contents = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(target)[..<result.written])
                try Self.checkGzip(bytes[..<result.read], contents, at: place)
            }
        } catch {
            result.fault = error
        }
        return result
    }

    private func run(
        _ decoder: any StreamDecoder,
        into target: UnsafeMutableRawBufferPointer,
        at place: ArchivePlace,
        _ result: inout StreamResult
    ) throws(ArchiveError) {
        while true {
            let piece = try decoder.next()
            result.read = decoder.consumed
            if piece.isEmpty { return }
            guard piece.count <= target.count - result.written else {
                throw ArchiveError(.tooLarge, at: place, "unpacks to more than the limit of \(target.count) bytes")
            }
            UnsafeMutableRawBufferPointer(rebasing: target[result.written...]).copyMemory(from: piece)
            result.written += piece.count
        }
    }

    private func decoder(
        of bytes: UnsafeRawBufferPointer,
        at place: ArchivePlace
    ) throws(ArchiveError) -> any StreamDecoder {
        switch self {
        case .gzip: return try FilterByteSource(BorrowedByteSource(bytes, at: place), .gzip)
        case .bzip2: return try FilterByteSource(BorrowedByteSource(bytes, at: place), .bzip2)
        case .lz4: return try FilterByteSource(BorrowedByteSource(bytes, at: place), .lz4)
        case .xz: return try LZMAByteSource(BorrowedByteSource(bytes, at: place), .firstXZ)
        case .lzma: return try LZMAByteSource(BorrowedByteSource(bytes, at: place), .firstLZMA)
        case .zstd: return try ZstandardByteSource(BorrowedByteSource(bytes, at: place))
        case .lz4Legacy: return LZ4LegacyByteSource(bytes, at: place)
        case .lzo:
            throw ArchiveError(.unsupported, at: place, "LZO is not decompressed here; 'lzop -d' does it beforehand")
        }
    }

    /// Holds contents against the CRC32 and the length at a gzip member's end (RFC 1952, 2.3.1), which libarchive reads
    /// over.
    private static func checkGzip(
        _ stream: Slice<UnsafeRawBufferPointer>,
        _ contents: UnsafeRawBufferPointer,
        at place: ArchivePlace
    ) throws(ArchiveError) {
        let trailer = stream.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let crc = lzma_crc32(contents.baseAddress?.assumingMemoryBound(to: UInt8.self), contents.count, 0)
        guard trailer == UInt64(truncatingIfNeeded: contents.count) << 32 | UInt64(crc) else {
            throw ArchiveError(.damaged, at: place, "the gzip checksum does not match")
        }
    }
}

/// A source that decodes one stream and knows where the stream ends.
protocol StreamDecoder: ByteSource {
    /// How many bytes of the input have been decoded.
    var consumed: Int { get }
}

extension LZMAByteSource: StreamDecoder {}
extension ZstandardByteSource: StreamDecoder {}
extension LZ4LegacyByteSource: StreamDecoder {}

/// Decodes with one of libarchive's filters.
private final class FilterByteSource: StreamDecoder {
    private let handle: ReadHandle

    init(_ source: any ByteSource, _ filter: ReadHandle.Filter) throws(ArchiveError) {
        handle = try ReadHandle(source, formats: .filter(filter))
        try handle.openStream()
    }

    var place: ArchivePlace { handle.source.place }

    var consumed: Int { handle.consumed }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer { try handle.nextBlock() }
}
