extension BTF {
    /// The data as a file or a section holds it: header, types, strings, in the BTF's byte order.
    public func serialized() -> [UInt8] {
        let typesLength = UInt32(typesLength)
        var bytes = BTFHeader.serialized(
            byteOrder: byteOrder,
            typesLength: typesLength,
            stringsLength: UInt32(stringsLength)
        )
        bytes.reserveCapacity(bytes.count + self.typesLength + stringsLength)
        if byteOrder == .host {
            storage.words.withUnsafeBytes { bytes.append(contentsOf: $0) }
        } else {
            storage.words.map(\.byteSwapped).withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        bytes += storage.strings
        return bytes
    }
}
