/// Finds strings, stored behind one another with their terminators, by content.
///
/// A hash table of where strings start; the bytes themselves belong to whoever asks.
struct StringIndex: Sendable {
    /// Starts plus one, by hash; 0 for a free place. The number of places is a power of two.
    private var slots = [UInt32](repeating: 0, count: 1 << 10)
    private var count = 0

    /// Makes an empty index.
    init() {}

    /// Indexes all strings of a section.
    init(of strings: [UInt8]) {
        strings.withUnsafeBytes { strings in
            var start = 0
            while start < strings.count {
                let string = Self.string(at: start, in: strings)
                let hash = contentHash(string)
                if find(string, hash, in: strings) == nil { insert(start, hash, in: strings) }
                start += string.count + 1
            }
        }
    }

    /// Where a string starts, or nil when it is not indexed.
    func find(_ string: UnsafeRawBufferPointer, in strings: UnsafeRawBufferPointer) -> Int? {
        find(string, contentHash(string), in: strings)
    }

    /// Where a string with a hash starts, or nil when it is not indexed.
    func find(_ string: UnsafeRawBufferPointer, _ hash: UInt64, in strings: UnsafeRawBufferPointer) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let start = Int(slots[slot] - 1)
            let end = start + string.count
            if end < strings.count, strings[end] == 0,
                UnsafeRawBufferPointer(rebasing: strings[start..<end]).elementsEqual(string)
            {
                return start
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds a string that is not indexed yet.
    ///
    /// - Parameters:
    ///   - start: where it starts.
    ///   - hash: its hash.
    ///   - strings: all strings, needed when the table grows.
    mutating func insert(_ start: Int, _ hash: UInt64, in strings: UnsafeRawBufferPointer) {
        place(UInt32(start + 1), hash: hash)
        count += 1
        guard count * 2 > slots.count else { return }
        let old = slots
        slots = [UInt32](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 {
            place(entry, hash: contentHash(Self.string(at: Int(entry - 1), in: strings)))
        }
    }

    private mutating func place(_ entry: UInt32, hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
    }

    /// The string that starts at a place, without its terminator.
    static func string(at start: Int, in strings: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = start
        while strings.count - end >= 8 {
            let word = UInt64(littleEndian: strings.loadUnaligned(fromByteOffset: end, as: UInt64.self))
            // The lowest bit that stays is that of the first byte that is zero.
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 {
                end += zeros.trailingZeroBitCount / 8
                return UnsafeRawBufferPointer(rebasing: strings[start..<end])
            }
            end += 8
        }
        while end < strings.count, strings[end] != 0 { end += 1 }
        return UnsafeRawBufferPointer(rebasing: strings[start..<end])
    }
}
