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
        try self.init(parsing: bytes.span.bytes, base: base)
    }

    /// Parses BTF data where it lies, in a mapped file for example.
    ///
    /// Checks the same.
    ///
    /// - Parameters:
    ///   - bytes: raw BTF, of either byte order, starting with its header.
    ///   - base: the kernel's BTF, when the data is a module's split BTF.
    /// - Throws: `BTFError` naming section and offset.
    public init(parsing bytes: RawSpan, base: BTF? = nil) throws(BTFError) {
        let header = try BTFHeader(parsing: bytes)
        if let base, base.byteOrder != header.byteOrder {
            throw BTFError(.header, offset: 0, "the byte order differs from the base's")
        }
        let words = Self.hostWords(bytes, header.types, header.byteOrder)
        let records = try RecordScan(of: words)
        self.init(
            storage: Storage(
                base: base,
                byteOrder: header.byteOrder,
                words: words,
                starts: records.starts,
                strings: bytes.withUnsafeBytes { Array($0[header.strings]) }
            )
        )
        try checkStrings()
        if records.greatestName >= stringsEnd || records.greatestType >= endID.rawValue { try checkReferences() }
    }

    /// Takes whole records and checks where they point.
    init(checking storage: Storage) throws(BTFError) {
        self.init(storage: storage)
        try checkStrings()
        try checkReferences()
    }

    private static func hostWords(_ bytes: RawSpan, _ range: Range<Int>, _ order: ByteOrder) -> [UInt32] {
        bytes.withUnsafeBytes { bytes in
            [UInt32](unsafeUninitializedCapacity: range.count / 4) { words, count in
                UnsafeMutableRawBufferPointer(words).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
                count = range.count / 4
                if order != .host {
                    for index in 0..<count { words[index] = words[index].byteSwapped }
                }
            }
        }
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

/// What one walk over the records tells: each is whole and of a known kind, and how far their references go.
private struct RecordScan {
    /// Where each record starts, and at last where they end.
    private(set) var starts: [UInt32] = []
    /// The greatest name offset and the greatest type id; comparing these alone spares a check for each.
    private(set) var greatestName: UInt32 = 0
    private(set) var greatestType: UInt32 = 0

    init(of allWords: [UInt32]) throws(BTFError) {
        let words = allWords.span
        starts.reserveCapacity(words.count / 5 + 1)
        var (name, type) = (greatestName, greatestType)
        var at = 0
        while at < words.count {
            guard words.count - at >= 3 else {
                throw BTFError(.types, offset: at * 4, "the last type is cut off")
            }
            let info = words[at + 1]
            guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: info >> 24) & 31), kind != .void else {
                throw BTFError(.types, offset: at * 4 + 4, "kind \(info >> 24 & 31) is not known")
            }
            let count = Int(info & 0xffff)
            let end = at + 3 + kind.extraWords(count: count)
            guard end <= words.count else {
                throw BTFError(.types, offset: at * 4, "the \(kind.standardName) runs past the end of the types")
            }
            WordRole.forEachWord(ofRecordAt: at, kind, count: count) { index, role in
                switch role {
                case .name: name = max(name, words[index])
                case .type: type = max(type, words[index])
                case .value: break
                }
            }
            starts.append(UInt32(at))
            at = end
        }
        starts.append(UInt32(at))
        (greatestName, greatestType) = (name, type)
    }
}
