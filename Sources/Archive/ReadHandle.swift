import CArchive

/// Owns one libarchive reader; the only place that calls `archive_read_…`.
final class ReadHandle {
    /// What a reader is asked to recognise.
    enum Formats {
        /// ar, tar and cpio, behind any of the known compressions or an rpm's header.
        case archives
        /// One compressed stream with no archive in it, of any known compression or none.
        case stream
        /// One stream of exactly one compression.
        case only(Compression)
        /// One stream that is decoded with one filter, whatever its first bytes look like.
        case filter(Filter)

        /// How many compressions may lie around each other: an rpm's header counts as one.
        ///
        /// Each one that libarchive would unwrap multiplies what a few bytes can unpack to, and only what comes out of
        /// the last is held against a limit.
        fileprivate var nestingLimit: CInt {
            if case .archives = self { 2 } else { 1 }
        }
    }

    /// A compression that is decoded by libarchive.
    enum Filter {
        case gzip, bzip2, lz4

        fileprivate var code: CInt {
            switch self {
            case .gzip: ARCHIVE_FILTER_GZIP
            case .bzip2: ARCHIVE_FILTER_BZIP2
            case .lz4: ARCHIVE_FILTER_LZ4
            }
        }
    }

    let source: any ByteSource
    private let archive: OpaquePointer
    /// The error that the source threw within a callback; it goes before what libarchive makes of it.
    private var sourceFailure: ArchiveError?
    private var isSourceDone = false
    /// How far the current member has been given out, to fill a sparse file's holes with zeroes.
    private var position: Int64 = 0
    private var pending: (data: UnsafeRawBufferPointer, offset: Int64)?
    /// Zeroes to fill holes with; there are none in most archives.
    private var hole: UnsafeMutableRawBufferPointer?
    private static let holeSize = 64 * 1024

    init(_ source: any ByteSource, formats: Formats) throws(ArchiveError) {
        guard let archive = archive_read_new() else {
            throw ArchiveError(.cannotRead, at: source.place, "out of memory")
        }
        self.source = source
        self.archive = archive
        Self.support(formats, in: archive)
        let status = archive_read_open2(
            archive,
            Unmanaged.passUnretained(self).toOpaque(),
            nil,
            { _, context, buffer in
                guard let context, let buffer else { return -1 }
                return Unmanaged<ReadHandle>.fromOpaque(context).takeUnretainedValue().supply(buffer)
            },
            nil,
            nil
        )
        guard status == ARCHIVE_OK else { throw failure(.unsupported) }
        guard archive_filter_count(archive) - 1 <= formats.nestingLimit else {
            throw ArchiveError(.unsupported, at: source.place, "compressed data within compressed data")
        }
    }

    deinit {
        archive_read_free(archive)
        hole?.deallocate()
    }

    private static func support(_ formats: Formats, in archive: OpaquePointer) {
        switch formats {
        case .archives:
            supportAllFilters(in: archive)
            archive_read_support_filter_rpm(archive)
            archive_read_support_format_ar(archive)
            archive_read_support_format_tar(archive)
            archive_read_support_format_cpio(archive)
            archive_read_support_format_empty(archive)
        case .stream:
            supportAllFilters(in: archive)
            archive_read_support_format_raw(archive)
            archive_read_support_format_empty(archive)
        case .only(let compression):
            switch compression {
            case .none: break
            case .gzip: archive_read_support_filter_gzip(archive)
            case .xz: archive_read_support_filter_xz(archive)
            case .zstd: archive_read_support_filter_zstd(archive)
            }
            archive_read_support_format_raw(archive)
            archive_read_support_format_empty(archive)
        case .filter(let filter):
            archive_read_append_filter(archive, filter.code)
            archive_read_support_format_raw(archive)
            archive_read_support_format_empty(archive)
        }
    }

    private static func supportAllFilters(in archive: OpaquePointer) {
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        archive_read_support_filter_lzma(archive)
        archive_read_support_filter_zstd(archive)
        archive_read_support_filter_lz4(archive)
    }

    /// libarchive's read callback.
    private func supply(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do throws(ArchiveError) {
            let piece = try source.next()
            isSourceDone = piece.isEmpty
            buffer.pointee = piece.baseAddress
            return piece.count
        } catch {
            sourceFailure = error
            return -1
        }
    }

    /// Steps to the next entry, past what is left of this one, or returns nil at the end.
    func nextEntry() throws(ArchiveError) -> OpaquePointer? {
        position = 0
        pending = nil
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_EOF:
            if let sourceFailure { throw sourceFailure }
            return nil
        case ARCHIVE_OK, ARCHIVE_WARN: return entry
        default: throw failure(.damaged)
        }
    }

    /// Steps to the one entry of a stream that is not empty: libarchive takes damage at its start for an empty stream.
    func openStream() throws(ArchiveError) {
        guard try nextEntry() != nil else { throw failure(.damaged) }
    }

    /// The next piece of the current member's contents, empty at its end; valid until the next call.
    func nextBlock() throws(ArchiveError) -> UnsafeRawBufferPointer {
        if pending == nil {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            repeat {
                switch archive_read_data_block(archive, &start, &count, &offset) {
                case ARCHIVE_EOF: return UnsafeRawBufferPointer(start: nil, count: 0)
                case ARCHIVE_OK, ARCHIVE_WARN: break
                default: throw failure(.damaged)
                }
            } while count == 0
            guard offset >= position else {
                throw ArchiveError(.damaged, at: source.place, "a sparse member's parts overlap")
            }
            pending = (UnsafeRawBufferPointer(start: start, count: count), offset)
        }
        guard let block = pending else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        if block.offset > position {
            let count = Int(min(block.offset - position, Int64(Self.holeSize)))
            position += Int64(count)
            return UnsafeRawBufferPointer(rebasing: zeroes()[..<count])
        }
        pending = nil
        position += Int64(block.data.count)
        return block.data
    }

    private func zeroes() -> UnsafeMutableRawBufferPointer {
        if let hole { return hole }
        let new = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.holeSize, alignment: 16)
        new.initializeMemory(as: UInt8.self, repeating: 0)
        hole = new
        return new
    }

    /// Whether the bytes were found to be compressed at all.
    var isCompressed: Bool { archive_filter_count(archive) > 1 }

    /// How many bytes of the source have been decoded.
    var consumed: Int { Int(clamping: archive_filter_bytes(archive, -1)) }

    private func failure(_ kind: ArchiveError.Kind) -> ArchiveError {
        if let sourceFailure { return sourceFailure }
        let message = archive_error_string(archive).map { String(cString: $0) }
        let isTruncated = ["truncated", "premature", "unexpected end", "too short", "no progress is possible"]
            .contains { message?.lowercased().contains($0) ?? isSourceDone }
        let kind: ArchiveError.Kind =
            if message?.contains("Unrecognized archive format") == true {
                .unsupported
            } else {
                isTruncated ? .truncated : kind
            }
        return ArchiveError(kind, at: source.place, message ?? "the compressed data has no end")
    }
}
