import CLzma

/// Decodes what liblzma decodes: .xz, also with several threads, and .lzma.
final class LZMAByteSource: ByteSource {
    /// What is decoded.
    enum Format {
        /// .xz streams up to the source's end, by several threads where that can be: Debian's packages are cut into
        /// blocks of 24 MiB. liblzma falls back to one thread where the blocks are too large for the memory that
        /// threads may use or the sizes of the blocks are not stated.
        case xz(threads: Int)
        /// One .xz stream; what follows is left alone.
        case firstXZ
        /// One .lzma stream; what follows is left alone.
        case firstLZMA
    }

    private static let pieceSize = 1024 * 1024
    /// Bytes that decoding with threads may use at most; two blocks in flight need about 130 MiB.
    private static let threadedMemoryLimit: UInt64 = 256 << 20
    /// Bytes that decoding may use at all; `xz -9` needs 65 MiB, a kernel's payload 129 MiB.
    private static let memoryLimit: UInt64 = 256 << 20
    /// LZMA_CONCATENATED, a macro that Swift does not import: several streams may follow each other.
    private static let concatenated: UInt32 = 0x08
    private static let magic: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]

    private let source: any ByteSource
    private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
    private let piece = UnsafeMutablePointer<UInt8>.allocate(capacity: pieceSize)
    private var isInputDone = false
    private var isDone = false
    /// A fault that is to be told once what came out before it has been given out.
    private var fault: ArchiveError?

    /// Whether bytes begin as .xz does.
    static func recognisesXZ(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: magic) }

    init(_ source: any ByteSource, _ format: Format) throws(ArchiveError) {
        self.source = source
        stream.initialize(to: lzma_stream())
        let status: lzma_ret
        switch format {
        case .xz(let threads):
            var options = lzma_mt()
            options.threads = UInt32(clamping: max(threads, 1))
            options.flags = Self.concatenated
            options.memlimit_threading = Self.threadedMemoryLimit
            options.memlimit_stop = Self.memoryLimit
            status = lzma_stream_decoder_mt(stream, &options)
        case .firstXZ: status = lzma_stream_decoder(stream, Self.memoryLimit, 0)
        case .firstLZMA: status = lzma_alone_decoder(stream, Self.memoryLimit)
        }
        guard status == LZMA_OK else { throw failure(status) }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
        piece.deallocate()
    }

    var place: ArchivePlace { source.place }

    /// How many bytes of the source have been decoded.
    var consumed: Int { Int(stream.pointee.total_in) }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        if let fault { throw fault }
        stream.pointee.next_out = piece
        stream.pointee.avail_out = Self.pieceSize
        while !isDone, fault == nil, stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0, !isInputDone {
                let input = try source.next()
                isInputDone = input.isEmpty
                stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = input.count
            }
            let status = lzma_code(stream, isInputDone ? LZMA_FINISH : LZMA_RUN)
            if status == LZMA_STREAM_END {
                isDone = true
            } else if status != LZMA_OK {
                let error = failure(status)
                guard stream.pointee.avail_out < Self.pieceSize else { throw error }
                fault = error
            }
        }
        return UnsafeRawBufferPointer(start: piece, count: Self.pieceSize - stream.pointee.avail_out)
    }

    private func failure(_ status: lzma_ret) -> ArchiveError {
        switch status {
        case LZMA_BUF_ERROR: ArchiveError(.truncated, at: place, "the xz or lzma stream has no end")
        case LZMA_MEMLIMIT_ERROR:
            ArchiveError(.tooLarge, at: place, "needs more than \(Self.memoryLimit >> 20) MiB to decode")
        case LZMA_MEM_ERROR: ArchiveError(.cannotRead, at: place, "out of memory")
        case LZMA_OPTIONS_ERROR: ArchiveError(.unsupported, at: place, "unknown xz options")
        default: ArchiveError(.damaged, at: place, "liblzma says \(status.rawValue) about the xz or lzma data")
        }
    }
}
