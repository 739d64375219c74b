/// The sections as the format lays them out, for those who store BTF.
extension BTF {
    /// The own type section as words in host order.
    package var words: [UInt32] { storage.words }

    /// Where each own type's record starts in `words`, and at last where they end.
    package var recordStarts: [UInt32] { storage.starts }

    /// The bytes of the own string section.
    package var stringBytes: [UInt8] { storage.strings }

    /// The offset of the first own string.
    package var firstStringOffset: UInt32 { storage.firstString }

    /// The header that stands in front of two sections in the canonical form.
    ///
    /// - Parameters:
    ///   - byteOrder: the order of the data's numbers.
    ///   - typesLength: the type section's length in bytes.
    ///   - stringsLength: the string section's length in bytes.
    /// - Returns: 24 bytes.
    package static func header(byteOrder: ByteOrder, typesLength: UInt32, stringsLength: UInt32) -> [UInt8] {
        BTFHeader.serialized(byteOrder: byteOrder, typesLength: typesLength, stringsLength: stringsLength)
    }
}
