// MARK: - Reading headers, where what lies behind the end is zero

extension RawSpan {
    /// Four bytes, least significant first.
    func word(at offset: Int) -> UInt32 {
        guard offset >= 0, offset <= byteCount - 4 else { return 0 }
        return UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Whether a text stands at an offset.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset >= 0, offset <= byteCount - count else { return false }
        return text.withUTF8Buffer { text in
            (0..<count).allSatisfy { unsafeLoad(fromByteOffset: offset + $0, as: UInt8.self) == text[$0] }
        }
    }

    /// The text at an offset, up to a NUL, the limit, or what is not printable ASCII.
    func text(at offset: Int, limit: Int) -> String {
        var text = ""
        for index in offset..<Swift.min(offset + limit, Swift.max(byteCount, offset)) {
            let byte = unsafeLoad(fromByteOffset: index, as: UInt8.self)
            guard (0x21...0x7e).contains(byte) else { break }
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return text
    }
}
