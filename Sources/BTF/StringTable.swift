/// Strings, each kept once, behind one another as BTF stores them.
struct StringTable {
    /// The strings with their terminators, from the first own one.
    private(set) var bytes: [UInt8]
    private let base: BTF?
    /// Offsets into `bytes` plus one, by hash; 0 for a free place. The count is a power of two.
    private var slots: [UInt32]
    private var count = 0
    /// Where the base's strings are, so that they are used again.
    private var baseOffsets: [ArraySlice<UInt8>: UInt32] = [:]

    /// Makes a table that holds the empty string, or that goes on from a base.
    init(base: BTF?) {
        self.base = base
        bytes = base == nil ? [0] : []
        slots = [UInt32](repeating: 0, count: 1 << 10)
        for (offset, string) in base?.allStrings() ?? [] { baseOffsets[string] = offset }
    }

    /// The offset of a string, which is added when it is new.
    ///
    /// - Parameter string: the bytes, up to a NUL if there is one.
    mutating func intern(_ string: some Collection<UInt8>) -> StringOffset {
        if string.isEmpty { return .empty }
        let found = string.withContiguousStorageIfAvailable { intern(raw: UnsafeRawBufferPointer($0)) }
        return found ?? Array(string).withUnsafeBytes { intern(raw: $0) }
    }

    private mutating func intern(raw string: UnsafeRawBufferPointer) -> StringOffset {
        let string = UnsafeRawBufferPointer(rebasing: string.prefix { $0 != 0 })
        if string.isEmpty { return .empty }
        if base != nil, let offset = baseOffsets[ArraySlice(string)] { return StringOffset(rawValue: offset) }
        var slot = Int(truncatingIfNeeded: contentHash(string)) & (slots.count - 1)
        while slots[slot] != 0 {
            let start = Int(slots[slot] - 1)
            if isEqual(string, at: start) { return offset(of: start) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let start = bytes.count
        bytes.append(contentsOf: string)
        bytes.append(0)
        slots[slot] = UInt32(start + 1)
        count += 1
        if count * 2 > slots.count { grow() }
        return offset(of: start)
    }

    private func offset(of start: Int) -> StringOffset {
        StringOffset(rawValue: (base?.stringsEnd ?? 0) + UInt32(start))
    }

    private func isEqual(_ string: UnsafeRawBufferPointer, at start: Int) -> Bool {
        guard start + string.count < bytes.count, bytes[start + string.count] == 0 else { return false }
        return bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[start..<start + string.count]) }
            .elementsEqual(string)
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: 0, count: slots.count * 2)
        for entry in slots where entry != 0 {
            let start = Int(entry - 1)
            let hash = bytes.withUnsafeBytes { all in
                contentHash(UnsafeRawBufferPointer(rebasing: all[start...].prefix { $0 != 0 }))
            }
            var slot = Int(truncatingIfNeeded: hash) & (larger.count - 1)
            while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
            larger[slot] = entry
        }
        slots = larger
    }
}

extension BTF {
    /// Every string with its offset, the base's first.
    func allStrings() -> [(UInt32, ArraySlice<UInt8>)] {
        var found = base?.allStrings() ?? []
        var start = 0
        while start < storage.strings.count {
            let string = bytes(at: StringOffset(rawValue: storage.firstString + UInt32(start)))
            found.append((storage.firstString + UInt32(start), string))
            start += string.count + 1
        }
        return found
    }
}
