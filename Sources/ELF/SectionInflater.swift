import CZlib
import CZstd

/// Decompresses debug sections: zlib and zstd (`SHF_COMPRESSED`), and the old `.zdebug` sections, which are zlib too.
///
/// libelf can do the first and the last, but it then writes into the section table, which is a read-only mapping here,
/// and holds the result a second time.
struct SectionInflater {
    /// How a section is compressed.
    enum Method {
        case zlib
        case zstd
    }

    let method: Method
    /// The compressed bytes, without any header.
    let packed: MappedRange
    /// How many bytes they stand for.
    let size: Int
    /// The fault to throw when they do not.
    let damage: ELFError

    /// The section, decompressed into a mapping of its own, which is called `name`.
    func inflated(name: String) throws(ELFError) -> MappedFile {
        try MappedFile(name: name, count: size) { (target) throws(ELFError) in
            let isWhole = packed.withBytes { source in
                switch method {
                case .zlib: inflateZlib(source, target)
                case .zstd: ZSTD_decompress(target.baseAddress, target.count, source.baseAddress, source.count) == size
                }
            }
            guard isWhole else { throw damage }
        }
    }

    /// Decompresses a zlib stream, which must fill the target.
    private func inflateZlib(_ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer) -> Bool {
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return false }
        defer { inflateEnd(&stream) }
        // zlib's counts have 32 bits.
        let step = 1 << 30
        var consumed = 0
        var produced = 0
        while produced < target.count {
            let input = min(step, source.count - consumed)
            let output = min(step, target.count - produced)
            // zlib only reads its input, though its type does not say so.
            stream.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.advanced(by: consumed).assumingMemoryBound(to: UInt8.self)
            )
            stream.avail_in = UInt32(input)
            stream.next_out = target.baseAddress?.advanced(by: produced).assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(output)
            let result = inflate(&stream, Z_NO_FLUSH)
            let advance = output - Int(stream.avail_out)
            consumed += input - Int(stream.avail_in)
            produced += advance
            if result == Z_STREAM_END { break }
            guard result == Z_OK, advance > 0 || Int(stream.avail_in) < input else { return false }
        }
        return produced == target.count
    }
}
