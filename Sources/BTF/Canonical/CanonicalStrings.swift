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
            var used: [Entry] = []
            used.reserveCapacity(1 << 17)
            for offset in ranks.indices where ranks[offset] != 0 {
                // The end of a longer string is the empty one too.
                if strings[offset] == 0 {
                    ranks[offset] = 0
                } else {
                    used.append(Entry(UInt32(offset), in: strings))
                }
            }
            used.sort { $0.order($1, in: strings) < 0 }
            for (index, entry) in used.enumerated() {
                if index == 0 || entry.order(used[index - 1], in: strings) != 0 {
                    offsets.append(entry.offset)
                    hashes.append(contentHash(StringIndex.string(at: Int(entry.offset), in: strings)))
                }
                ranks[Int(entry.offset)] = UInt32(offsets.count - 1)
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

    /// A string with its first eight bytes, which decide most comparisons.
    private struct Entry {
        let prefix: UInt64
        let offset: UInt32

        init(_ offset: UInt32, in strings: UnsafeRawBufferPointer) {
            var prefix: UInt64 = 0
            var at = Int(offset)
            for shift in stride(from: 56, through: 0, by: -8) where strings[at] != 0 {
                prefix |= UInt64(strings[at]) << UInt64(shift)
                at += 1
            }
            self.prefix = prefix
            self.offset = offset
        }

        /// Below zero when this string stands before the other, zero when they are equal.
        func order(_ other: Entry, in strings: UnsafeRawBufferPointer) -> Int {
            if prefix != other.prefix { return prefix < other.prefix ? -1 : 1 }
            if offset == other.offset || prefix & 0xff == 0 { return 0 }
            // Both go on behind the eight bytes, at the latest with a terminator, which parsing has proven to be there.
            var (one, two) = (Int(offset) + 8, Int(other.offset) + 8)
            while strings[one] == strings[two], strings[one] != 0 {
                one += 1
                two += 1
            }
            return Int(strings[one]) - Int(strings[two])
        }
    }
}

extension BTF {
    /// The base's strings, if any, and then the own ones.
    fileprivate func concatenatedStrings() -> [UInt8] {
        guard let base else { return storage.strings }
        return base.concatenatedStrings() + storage.strings
    }
}
