extension BTF {
    /// The bytes of a string, no more than a limit of them.
    ///
    /// The strings of hostile data can be as long as the data, and every type can name one; this reads only what is
    /// wanted of them.
    ///
    /// - Parameters:
    ///   - offset: an offset from this BTF or its base.
    ///   - limit: the most bytes to return.
    /// - Returns: the string's bytes, or its first `limit` ones.
    public func bytes(at offset: StringOffset, limit: Int) -> ArraySlice<UInt8> {
        if offset.rawValue < storage.firstString, let base { return base.bytes(at: offset, limit: limit) }
        return storage.strings[Int(offset.rawValue - storage.firstString)...].prefix(limit).prefix { $0 != 0 }
    }

    /// A string, cut off at a limit, bytes that are not UTF-8 replaced.
    ///
    /// - Parameters:
    ///   - offset: an offset from this BTF or its base.
    ///   - limit: the most bytes to read.
    /// - Returns: the string, or its start.
    public func string(at offset: StringOffset, limit: Int) -> String {
        String(decoding: bytes(at: offset, limit: limit), as: UTF8.self)
    }
}

extension BTF {
    /// Finds strings, in one pass over all.
    ///
    /// - Parameter strings: the strings, without terminators.
    /// - Returns: the offsets of those that there are, in this BTF or its base; those at which others only end are not
    ///   among them.
    public func offsets(of strings: Set<[UInt8]>) -> Set<StringOffset> {
        var found = base?.offsets(of: strings) ?? []
        let lengths = Set(strings.map(\.count))
        var start = 0
        let bytes = storage.strings
        while start < bytes.count, let end = bytes[start...].firstIndex(of: 0) {
            if lengths.contains(end - start), strings.contains(Array(bytes[start..<end])) {
                found.insert(StringOffset(rawValue: storage.firstString + UInt32(start)))
            }
            start = end + 1
        }
        return found
    }
}
