import CLzma

/// Writes .xz streams whose bytes are stored and not compressed.
///
/// Any reader of .xz takes one. Many of them in one compressed archive cost what their differences cost: compressed one
/// by one, they would hide what they have in common.
public enum StoredXZ {
    /// Wraps bytes.
    ///
    /// - Parameter bytes: the contents.
    /// - Returns: one .xz stream of one block with a CRC32.
    /// - Throws: `ArchiveError` when liblzma refuses, which it does when memory runs out.
    public static func stream(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
        var options = lzma_options_lzma()
        guard lzma_lzma_preset(&options, 0) == 0 else { throw failure("it has no preset 0") }
        var flags = lzma_stream_flags()
        flags.check = LZMA_CHECK_CRC32
        var output = [UInt8](repeating: 0, count: lzma_stream_buffer_bound(bytes.count))
        guard output.count >= 2 * headerSize else { throw failure("\(bytes.count) bytes are too many") }
        try check(lzma_stream_header_encode(&flags, &output))
        var position = headerSize
        guard let index = lzma_index_init(nil) else { throw failure("out of memory") }
        defer { lzma_index_end(index, nil) }
        if !bytes.isEmpty {
            try withUnsafeMutablePointer(to: &options) { options throws(ArchiveError) in
                var filters = [
                    lzma_filter(id: lzma2, options: options),
                    lzma_filter(id: .max, options: nil),
                ]
                try append(block: bytes, with: &filters, to: &output, at: &position, index)
            }
        }
        try check(lzma_index_buffer_encode(index, &output, &position, output.count))
        flags.backward_size = lzma_index_size(index)
        guard output.count - position >= headerSize else { throw failure("its bound was too small") }
        var footer = [UInt8](repeating: 0, count: headerSize)
        try check(lzma_stream_footer_encode(&flags, &footer))
        output.replaceSubrange(position..., with: footer)
        return output
    }

    private static func append(
        block bytes: [UInt8],
        with filters: inout [lzma_filter],
        to output: inout [UInt8],
        at position: inout Int,
        _ index: OpaquePointer
    ) throws(ArchiveError) {
        let end = output.count
        let (status, place) = filters.withUnsafeMutableBufferPointer { filters in
            var block = lzma_block()
            block.check = LZMA_CHECK_CRC32
            block.filters = filters.baseAddress
            var place = position
            let status = lzma_block_uncomp_encode(&block, bytes, bytes.count, &output, &place, end)
            guard status == LZMA_OK else { return (status, place) }
            return (lzma_index_append(index, nil, lzma_block_unpadded_size(&block), block.uncompressed_size), place)
        }
        try check(status)
        position = place
    }

    /// The size of a stream's header and of its footer (LZMA_STREAM_HEADER_SIZE).
    private static let headerSize = 12
    /// LZMA_FILTER_LZMA2, a macro that Swift does not import.
    private static let lzma2: lzma_vli = 0x21

    private static func check(_ status: lzma_ret) throws(ArchiveError) {
        guard status == LZMA_OK else { throw failure("liblzma gives status \(status.rawValue)") }
    }

    private static func failure(_ reason: String) -> ArchiveError {
        ArchiveError(.cannotWrite, at: ArchivePlace(file: "bytes in memory"), reason)
    }
}
