/// The header at the start of BTF data: `struct btf_header` of the kernel's `linux/btf.h`.
struct BTFHeader {
    /// 0xeB9F, in the byte order of all that follows.
    static let magic: UInt16 = 0xeb9f
    /// The header's length as this code writes it. A file may have a longer one, whose fields are skipped.
    static let length = 24

    let byteOrder: ByteOrder
    let types: Range<Int>
    let strings: Range<Int>

    /// Reads a header and finds the two sections, in bytes from the start of the data.
    ///
    /// - Parameter bytes: the whole data.
    /// - Throws: `BTFError` when there is no header or a section leaves the data.
    init(parsing bytes: RawSpan) throws(BTFError) {
        guard bytes.byteCount >= Self.length else {
            throw BTFError(.header, offset: bytes.byteCount, "the data ends within the header of \(Self.length) bytes")
        }
        let start = bytes.withUnsafeBytes { Array($0[..<Self.length]) }
        switch (start[0], start[1]) {
        case (0x9f, 0xeb): byteOrder = .littleEndian
        case (0xeb, 0x9f): byteOrder = .bigEndian
        default: throw BTFError(.header, offset: 0, "there is no BTF magic 0xeb9f")
        }
        guard start[2] == 1 else { throw BTFError(.header, offset: 2, "version \(start[2]) is not known, only 1") }
        let isLittle = byteOrder == .littleEndian
        func word(_ offset: Int) -> Int {
            let four = start[offset..<offset + 4]
            return (isLittle ? Array(four.reversed()) : Array(four)).reduce(0) { $0 << 8 | Int($1) }
        }
        let count = bytes.byteCount
        let headerLength = word(4)
        guard (Self.length...count).contains(headerLength) else {
            throw BTFError(.header, offset: 4, "a header of \(headerLength) bytes does not fit the data")
        }
        func section(_ field: Int, _ name: String) throws(BTFError) -> Range<Int> {
            // Each number is below 2³², so that the sums cannot overflow.
            let start = headerLength + word(field)
            let end = start + word(field + 4)
            guard end <= count else {
                throw BTFError(
                    .header,
                    offset: field,
                    "the \(name) end at \(end), past the data's \(count) bytes"
                )
            }
            return start..<end
        }
        types = try section(8, "types")
        strings = try section(16, "strings")
        guard types.count.isMultiple(of: 4) else {
            throw BTFError(.header, offset: 12, "a type section of \(types.count) bytes is not a number of words")
        }
    }

    /// Writes the header for two sections that follow it directly.
    ///
    /// - Parameters:
    ///   - byteOrder: the order of the data's numbers.
    ///   - typesLength: the type section's length in bytes.
    ///   - stringsLength: the string section's length in bytes.
    /// - Returns: 24 bytes.
    static func serialized(byteOrder: ByteOrder, typesLength: UInt32, stringsLength: UInt32) -> [UInt8] {
        let half = byteOrder == .littleEndian ? magic.littleEndian : magic.bigEndian
        var bytes = withUnsafeBytes(of: half) { Array($0) }
        bytes += [1, 0]
        for word in [UInt32(length), 0, typesLength, typesLength, stringsLength] {
            let ordered = byteOrder == .littleEndian ? word.littleEndian : word.bigEndian
            bytes += withUnsafeBytes(of: ordered) { Array($0) }
        }
        return bytes
    }
}
