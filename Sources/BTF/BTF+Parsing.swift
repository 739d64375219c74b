extension BTF {
    /// Parses BTF data.
    ///
    /// Checks all that reading relies on: that sections lie in the data, records are whole, kinds known, strings
    /// terminated, name offsets within the strings, and references within the types. What the types mean together
    /// is for `verify()` to say.
    ///
    /// - Parameters:
    ///   - bytes: raw BTF, of either byte order, starting with its header.
    ///   - base: the kernel's BTF, when the data is a module's split BTF.
    /// - Throws: `BTFError` naming section and offset.
    public init(parsing bytes: [UInt8], base: BTF? = nil) throws(BTFError) {
        let header = try BTFHeader(parsing: bytes)
        if let base, base.byteOrder != header.byteOrder {
            throw BTFError(.header, offset: 0, "the byte order differs from the base's")
        }
        let words = Self.hostWords(bytes, header.types, header.byteOrder)
        let starts = try Self.recordStarts(in: words)
        try self.init(
            checking: Storage(
                base: base,
                byteOrder: header.byteOrder,
                words: words,
                starts: starts,
                strings: Array(bytes[header.strings])
            )
        )
    }

    /// Takes whole records and checks where they point.
    init(checking storage: Storage) throws(BTFError) {
        self.init(storage: storage)
        try checkStrings()
        try checkReferences()
    }

    private static func hostWords(_ bytes: [UInt8], _ range: Range<Int>, _ order: ByteOrder) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: range.count / 4) { words, count in
            bytes.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(words).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
            count = range.count / 4
            if order != .host {
                for index in 0..<count { words[index] = words[index].byteSwapped }
            }
        }
    }

    /// Walks the records once, so that from here on each is known to be whole and of a known kind.
    private static func recordStarts(in words: [UInt32]) throws(BTFError) -> [UInt32] {
        var starts: [UInt32] = []
        starts.reserveCapacity(words.count / 5 + 1)
        var at = 0
        while at < words.count {
            guard words.count - at >= 3 else {
                throw BTFError(.types, offset: at * 4, "the last type is cut off")
            }
            let info = words[at + 1]
            guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: info >> 24) & 31), kind != .void else {
                throw BTFError(.types, offset: at * 4 + 4, "kind \(info >> 24 & 31) is not known")
            }
            starts.append(UInt32(at))
            let length = 3 + kind.extraWords(count: Int(info & 0xffff))
            guard words.count - at >= length else {
                throw BTFError(.types, offset: at * 4, "the \(kind.standardName) runs past the end of the types")
            }
            at += length
        }
        starts.append(UInt32(at))
        return starts
    }

    private func checkStrings() throws(BTFError) {
        let strings = storage.strings
        guard strings.isEmpty || strings.last == 0 else {
            throw BTFError(.strings, offset: strings.count - 1, "the last string has no end")
        }
        guard storage.base != nil || strings.first == 0 else {
            throw BTFError(.strings, offset: 0, "the first string is not the empty one")
        }
        let (end, overflows) = storage.firstString.addingReportingOverflow(UInt32(truncatingIfNeeded: strings.count))
        guard !overflows, strings.count <= UInt32.max, end <= UInt32.max else {
            throw BTFError(.strings, offset: 0, "the strings are longer than offsets can tell")
        }
    }

    private func checkReferences() throws(BTFError) {
        let words = storage.words
        let typeEnd = endID.rawValue
        let stringsEnd = stringsEnd
        for start in storage.starts.dropLast() {
            try storage.forEachWord(ofRecordAt: Int(start)) { (index, role) throws(BTFError) in
                switch role {
                case .name where words[index] >= stringsEnd:
                    throw BTFError(.types, offset: index * 4, "name offset \(words[index]) lies outside the strings")
                case .type where words[index] >= typeEnd:
                    throw BTFError(.types, offset: index * 4, "type id \(words[index]) is not below \(typeEnd)")
                default:
                    break
                }
            }
        }
    }
}
