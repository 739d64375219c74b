/// The strings that a BTF's own types use, in byte order.
///
/// Strings of equal content have one rank, wherever they lie; the empty string has rank 0.
struct CanonicalStrings {
    /// The rank of the string at a place in `strings` that is used; 0 where none is.
    private let ranks: [UInt32]
    /// A place in `strings` of the string of each rank.
    private let places: [UInt32]
    /// A hash of each rank's content, the same in every BTF.
    let hashes: [UInt64]
    /// The own strings, and then those of the base's that are used: a module uses few of them.
    private let strings: [UInt8]
    /// The offset of the first own string.
    private let firstString: UInt32
    /// The base's strings that are used: their offsets, in ascending order, and where each is in `strings`.
    private let borrowed: [(offset: UInt32, place: UInt32)]

    /// Finds and orders the strings of a BTF.
    ///
    /// - Throws: `BTFError` when strings that end alike are used so often that they are far longer together than the
    ///   section.
    init(of btf: BTF) throws(BTFError) {
        let storage = btf.storage
        let firstString = storage.firstString
        var strings = storage.strings
        let borrowed = Self.borrow(of: btf, &strings)
        self.strings = strings
        self.borrowed = borrowed
        self.firstString = firstString
        var ranks = [UInt32](repeating: 0, count: strings.count)
        for entry in borrowed { ranks[Int(entry.place)] = 1 }
        for start in storage.starts.dropLast() {
            storage.forEachWord(ofRecordAt: Int(start)) { index, role in
                let word = storage.words[index]
                if role == .name, word >= firstString { ranks[Int(word - firstString)] = 1 }
            }
        }
        try Self.checkLength(of: ranks, in: strings)
        var places: [UInt32] = [0]
        var hashes = [contentHash(UnsafeRawBufferPointer(start: nil, count: 0))]
        strings.withUnsafeBytes { strings in
            var used: [SortEntry] = []
            for place in ranks.indices where ranks[place] != 0 {
                // The end of a longer string is the empty one too.
                if strings[place] == 0 {
                    ranks[place] = 0
                } else {
                    used.append(SortEntry(key: Self.prefix(at: place, in: strings), index: UInt32(place)))
                }
            }
            used.radixSort()
            Self.sortRuns(&used, in: strings)
            for (index, entry) in used.enumerated() {
                if index == 0 || Self.order(used[index - 1], entry, in: strings) != 0 {
                    places.append(entry.index)
                    hashes.append(contentHash(StringIndex.string(at: Int(entry.index), in: strings)))
                }
                ranks[Int(entry.index)] = UInt32(places.count - 1)
            }
        }
        self.ranks = ranks
        self.places = places
        self.hashes = hashes
    }

    /// Checks that the strings at the marked places are not much longer together than the section is.
    private static func checkLength(of marks: [UInt32], in strings: [UInt8]) throws(BTFError) {
        var total = 0
        var end = strings.count
        for place in marks.indices.reversed() {
            if strings[place] == 0 { end = place }
            if marks[place] != 0 { total += end - place }
        }
        guard total <= 16 * strings.count + 1 << 20 else {
            throw BTFError(.strings, offset: 0, "the strings that are used have \(total) bytes together")
        }
    }

    /// Copies the base's strings that are used behind the own ones.
    private static func borrow(of btf: BTF, _ strings: inout [UInt8]) -> [(offset: UInt32, place: UInt32)] {
        guard let base = btf.base else { return [] }
        let storage = btf.storage
        var used: [UInt32] = []
        for start in storage.starts.dropLast() {
            storage.forEachWord(ofRecordAt: Int(start)) { index, role in
                if role == .name, storage.words[index] < storage.firstString { used.append(storage.words[index]) }
            }
        }
        used.sort()
        var borrowed: [(offset: UInt32, place: UInt32)] = []
        for offset in used where borrowed.last?.offset != offset {
            borrowed.append((offset, UInt32(strings.count)))
            strings += base.bytes(at: StringOffset(rawValue: offset))
            strings.append(0)
        }
        return borrowed
    }

    /// The rank of the string at an offset that an own type uses.
    func rank(of offset: UInt32) -> UInt32 {
        if offset >= firstString { return ranks[Int(offset - firstString)] }
        var (low, high) = (0, borrowed.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if borrowed[middle].offset <= offset { low = middle } else { high = middle }
        }
        return ranks[Int(borrowed[low].place)]
    }

    /// Lays the strings out in a section of their own, but for those that the base has.
    ///
    /// - Parameter base: the base, for split BTF.
    /// - Returns: the offset of each rank's string; the bytes of the section.
    func laidOut(over base: BTF?) -> (offsets: [UInt32], section: [UInt8]) {
        var section: [UInt8] = base == nil ? [0] : []
        section.reserveCapacity(strings.count)
        var laidOut: [UInt32] = [0]
        laidOut.reserveCapacity(places.count)
        let firstOffset = base?.stringsEnd ?? 0
        strings.withUnsafeBytes { strings in
            for place in places.dropFirst() {
                let string = StringIndex.string(at: Int(place), in: strings)
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
