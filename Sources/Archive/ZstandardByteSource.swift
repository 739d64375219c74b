import CZstd

/// Decodes one Zstandard frame; what follows is left alone.
///
/// A frame may ask for a window of up to 128 MiB, which is libzstd's own limit and what the kernel's payloads use.
final class ZstandardByteSource: ByteSource {
    private let source: any ByteSource
    private let context: OpaquePointer
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024 * 1024, alignment: 16)
    private var input = ZSTD_inBuffer()
    private var isDone = false
    /// A fault that is to be told once what came out before it has been given out.
    private var fault: ArchiveError?
    /// How many bytes of the source have been decoded.
    private(set) var consumed = 0

    init(_ source: any ByteSource) throws(ArchiveError) {
        guard let context = ZSTD_createDCtx() else {
            throw ArchiveError(.cannotRead, at: source.place, "out of memory")
        }
        self.source = source
        self.context = context
    }

    deinit {
        ZSTD_freeDCtx(context)
        piece.deallocate()
    }

    var place: ArchivePlace { source.place }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        if let fault { throw fault }
        var output = ZSTD_outBuffer(dst: piece.baseAddress, size: piece.count, pos: 0)
        do throws(ArchiveError) {
            while !isDone, output.pos < output.size { try step(&output) }
        } catch {
            guard output.pos > 0 else { throw error }
            fault = error
        }
        return UnsafeRawBufferPointer(rebasing: piece[..<output.pos])
    }

    private func step(_ output: inout ZSTD_outBuffer) throws(ArchiveError) {
        if input.pos == input.size {
            let next = try source.next()
            guard !next.isEmpty else { throw ArchiveError(.truncated, at: place, "the zstd frame has no end") }
            input = ZSTD_inBuffer(src: next.baseAddress, size: next.count, pos: 0)
        }
        let before = input.pos
        let code = ZSTD_decompressStream(context, &output, &input)
        guard ZSTD_isError(code) == 0 else {
            throw ArchiveError(.damaged, at: place, String(cString: ZSTD_getErrorName(code)))
        }
        consumed += input.pos - before
        isDone = code == 0
    }
}
