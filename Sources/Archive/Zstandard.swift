import CZstd

/// Calls libzstd directly: the store's reads and writes go through here.
enum Zstandard {
    /// The most bytes that are set aside on the word of a frame's header alone.
    private static let firstPieceLimit = 64 << 20

    static func compress(
        _ bytes: [UInt8],
        level: Int?,
        shortestMatch: Int? = nil
    ) throws(ArchiveError) -> [UInt8] {
        let place = ArchivePlace(file: "bytes in memory")
        guard let context = ZSTD_createCCtx() else { throw ArchiveError(.cannotWrite, at: place, "out of memory") }
        defer { ZSTD_freeCCtx(context) }
        var code = ZSTD_CCtx_setParameter(
            context,
            ZSTD_c_compressionLevel,
            CInt(clamping: level ?? Int(ZSTD_defaultCLevel()))
        )
        if let shortestMatch, ZSTD_isError(code) == 0 {
            code = ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, CInt(clamping: shortestMatch))
        }
        guard ZSTD_isError(code) == 0 else {
            throw ArchiveError(.cannotWrite, at: place, String(cString: ZSTD_getErrorName(code)))
        }
        let output = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            code = ZSTD_compress2(context, buffer.baseAddress, buffer.count, bytes, bytes.count)
            count = ZSTD_isError(code) == 0 ? code : 0
        }
        guard ZSTD_isError(code) == 0 else {
            throw ArchiveError(.cannotWrite, at: place, String(cString: ZSTD_getErrorName(code)))
        }
        return output
    }

    static func decompress(_ bytes: [UInt8], limit: Int, name: String) throws(ArchiveError) -> [UInt8] {
        let place = ArchivePlace(file: name)
        guard let context = ZSTD_createDCtx() else { throw ArchiveError(.cannotRead, at: place, "out of memory") }
        defer { ZSTD_freeDCtx(context) }
        // One byte more than the limit tells a stream of exactly that size from a longer one. What the frame says of
        // its size is a hint alone: it may lie, and several frames may follow each other.
        let stated = ZSTD_getFrameContentSize(bytes, bytes.count)
        let ceiling = limit == Int.max ? limit : limit + 1
        var capacity = min(Int(clamping: stated), ceiling, firstPieceLimit)
        if stated >= UInt64.max - 1 { capacity = min(max(bytes.count, 64 * 1024), ceiling) }
        var output: [UInt8] = []
        var consumed = 0
        while true {
            let step = try grow(&output, by: max(capacity, 1), from: bytes, at: &consumed, context, place)
            guard output.count <= limit else {
                throw ArchiveError(.tooLarge, at: place, "unpacks to more than the limit of \(limit) bytes")
            }
            if consumed == bytes.count {
                if step.isFrameDone { return output }
                if !step.isOutputFull { throw ArchiveError(.truncated, at: place, "the zstd frame has no end") }
            }
            capacity = min(max(output.count, 64 * 1024), ceiling - output.count)
        }
    }

    /// Decompresses into at most so many further bytes.
    private static func grow(
        _ output: inout [UInt8],
        by capacity: Int,
        from bytes: [UInt8],
        at consumed: inout Int,
        _ context: OpaquePointer,
        _ place: ArchivePlace
    ) throws(ArchiveError) -> (isFrameDone: Bool, isOutputFull: Bool) {
        var code = 0
        var isOutputFull = false
        var position = consumed
        let piece = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            bytes.withUnsafeBytes { input in
                var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
                repeat {
                    code = ZSTD_decompressStream(context, &target, &source)
                } while ZSTD_isError(code) == 0 && source.pos < source.size && target.pos < target.size
                position = source.pos
            }
            count = target.pos
            isOutputFull = target.pos == target.size
        }
        guard ZSTD_isError(code) == 0 else {
            throw ArchiveError(.damaged, at: place, String(cString: ZSTD_getErrorName(code)))
        }
        consumed = position
        if output.isEmpty { output = piece } else { output += piece }
        return (code == 0, isOutputFull)
    }
}
