/// The strings that a BTF's own types use, in byte order.
///
/// Strings of equal content have one rank, wherever they lie; the empty string has rank 0.
struct CanonicalStrings {
    /// The rank of the string at an offset that is used; 0 where none is.
    private let ranks: [UInt32]
    /// An offset of the string of each rank.
    private let offsets: [UInt32]
    /// A hash of each rank's content, the same in every BTF.
    let hashes: [UInt64]
    /// The base's strings and the own ones, as offsets count them.
    private let strings: [UInt8]

    /// Finds and orders the strings of a BTF.
    init(of btf: BTF) {
        let storage = btf.storage
        var ranks = [UInt32](repeating: 0, count: Int(btf.stringsEnd))
        for start in storage.starts.dropLast() {
            storage.forEachWord(ofRecordAt: Int(start)) { index, role in
                if role == .name { ranks[Int(storage.words[index])] = 1 }
            }
        }
        var offsets: [UInt32] = [0]
        var hashes = [contentHash(UnsafeRawBufferPointer(start: nil, count: 0))]
        strings = btf.concatenatedStrings()
        strings.withUnsafeBytes { strings in
            var used: [SortEntry] = []
            for offset in ranks.indices where ranks[offset] != 0 {
                // The end of a longer string is the empty one too.
                if strings[offset] == 0 {
                    ranks[offset] = 0
                } else {
                    used.append(SortEntry(key: Self.prefix(at: offset, in: strings), index: UInt32(offset)))
                }
            }
            used.radixSort()
            Self.sortRuns(&used, in: strings)
            for (index, entry) in used.enumerated() {
                if index == 0 || Self.order(used[index - 1], entry, in: strings) != 0 {
                    offsets.append(entry.index)
                    hashes.append(contentHash(StringIndex.string(at: Int(entry.index), in: strings)))
                }
                ranks[Int(entry.index)] = UInt32(offsets.count - 1)
            }
        }
        self.ranks = ranks
        self.offsets = offsets
        self.hashes = hashes
    }

    /// The rank of the string at an offset that an own type uses.
    func rank(of offset: UInt32) -> UInt32 { ranks[Int(offset)] }

    /// Lays the strings out in a section of their own, but for those that the base has.
    ///
    /// - Parameter base: the base, for split BTF.
    /// - Returns: the offset of each rank's string; the bytes of the section.
    func laidOut(over base: BTF?) -> (offsets: [UInt32], section: [UInt8]) {
        var section: [UInt8] = base == nil ? [0] : []
        section.reserveCapacity(strings.count)
        var laidOut: [UInt32] = [0]
        laidOut.reserveCapacity(offsets.count)
        let firstOffset = base?.stringsEnd ?? 0
        strings.withUnsafeBytes { strings in
            for offset in offsets.dropFirst() {
                let string = StringIndex.string(at: Int(offset), in: strings)
                if let known = base?.offset(of: string) {
                    laidOut.append(known.rawValue)
                } else {
                    laidOut.append(firstOffset + UInt32(section.count))
                    section.append(contentsOf: string)
                    section.append(0)
                }
            }
        }
        return (laidOut, section)
    }
}

// MARK: - Order

extension CanonicalStrings {
    /// A string's first eight bytes, which decide most comparisons.
    private static func prefix(at offset: Int, in strings: UnsafeRawBufferPointer) -> UInt64 {
        var prefix: UInt64 = 0
        var at = offset
        for shift in stride(from: 56, through: 0, by: -8) where strings[at] != 0 {
            prefix |= UInt64(strings[at]) << UInt64(shift)
            at += 1
        }
        return prefix
    }

    /// Sorts strings of equal prefixes by what follows.
    private static func sortRuns(_ entries: inout [SortEntry], in strings: UnsafeRawBufferPointer) {
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].key == entries[start].key { end += 1 }
            if end - start > 1 { entries[start..<end].sort { order($0, $1, in: strings) < 0 } }
            start = end
        }
    }

    /// Below zero when the first string stands before the second, zero when they are equal.
    private static func order(_ left: SortEntry, _ right: SortEntry, in strings: UnsafeRawBufferPointer) -> Int {
        if left.key != right.key { return left.key < right.key ? -1 : 1 }
        if left.index == right.index || left.key & 0xff == 0 { return 0 }
        // Both go on behind the eight bytes, at the latest with a terminator, which parsing has proven to be there.
        var (one, two) = (Int(left.index) + 8, Int(right.index) + 8)
        while strings[one] == strings[two], strings[one] != 0 {
            one += 1
            two += 1
        }
        return Int(strings[one]) - Int(strings[two])
    }
}

extension BTF {
    /// The base's strings, if any, and then the own ones.
    fileprivate func concatenatedStrings() -> [UInt8] {
        guard let base else { return storage.strings }
        return base.concatenatedStrings() + storage.strings
    }
}
