/// A table from fingerprints to numbers above zero, for keys that come in much the same order again and again.
///
/// Units repeat the same headers, so that a key is followed by the one that followed it the last time. Entries lie in
/// the order in which they were added, each with the one that came next: as a rule a look at the neighbour is all, and
/// the places that hashing would scatter over the memory are not touched.
struct SuccessionTable: Sendable {
    private struct Entry: BitwiseCopyable, Sendable {
        var key = Fingerprint.zero
        var value: UInt32 = 0
        var uses: Int32 = 0
        /// The place of the entry that was recalled after this one the last time; 0 for none.
        var next: UInt32 = 0
    }

    /// Place 0 stands for no entry.
    private var entries = [Entry()]
    /// Places by hash, each below 32 bits of its key; 0 for a free slot.
    private var slots: [UInt64]
    /// The place of the entry that was recalled last.
    private var last = 0

    /// Makes an empty table.
    ///
    /// - Parameter capacity: how many slots to start with, a power of two.
    init(capacity: Int = 1 << 12) { slots = [UInt64](repeating: 0, count: capacity) }

    /// The number for a key, or 0.
    @inline(__always)
    func value(for key: Fingerprint) -> UInt32 { entries[place(of: key)].value }

    /// The number for a key, or 0; the key is expected to follow the one that was recalled before.
    @inline(__always)
    mutating func recall(_ key: Fingerprint) -> UInt32 {
        let expected = Int(entries[last].next)
        guard _fastPath(entries[expected].key == key && expected != 0) else { return search(key) }
        last = expected
        return entries[expected].value
    }

    @inline(never)
    private mutating func search(_ key: Fingerprint) -> UInt32 {
        let place = place(of: key)
        if place != 0 { follow(with: place) }
        return entries[place].value
    }

    /// The number for a key, as ``recall(_:)`` gives it; counts uses where there is one.
    @inline(__always)
    mutating func use(_ key: Fingerprint, _ uses: Int32) -> UInt32 {
        let value = recall(key)
        if value != 0 { entries[last].uses &+= uses }
        return value
    }

    /// Adds a key that is not in the table, to follow the one that was recalled before.
    mutating func insert(_ key: Fingerprint, _ value: UInt32, uses: Int32 = 0) {
        precondition(value != 0)
        if entries.count * 2 > slots.count { grow() }
        let place = entries.count
        entries.append(Entry(key: key, value: value, uses: uses))
        put(place)
        follow(with: place)
    }

    /// Calls `body` with each number and how often it was used, in the order of adding.
    func forEach(_ body: (_ value: UInt32, _ uses: Int32) -> Void) {
        for entry in entries.dropFirst() { body(entry.value, entry.uses) }
    }

    private mutating func follow(with place: Int) {
        entries[last].next = UInt32(truncatingIfNeeded: place)
        last = place
    }

    /// The place of a key's entry, or 0.
    @inline(__always)
    private func place(of key: Fingerprint) -> Int {
        let mask = slots.count &- 1
        var index = Int(truncatingIfNeeded: key.low) & mask
        while slots[index] != 0 {
            let place = Int(truncatingIfNeeded: slots[index] & 0xffff_ffff)
            if slots[index] &>> 32 == key.high & 0xffff_ffff, entries[place].key == key { return place }
            index = (index &+ 1) & mask
        }
        return 0
    }

    /// Puts an entry's place into the first free slot for its key.
    private mutating func put(_ place: Int) {
        let key = entries[place].key
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: key.low) & mask
        while slots[index] != 0 { index = (index &+ 1) & mask }
        slots[index] = (key.high & 0xffff_ffff) << 32 | UInt64(place)
    }

    @inline(never)
    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        for place in entries.indices.dropFirst() { put(place) }
    }
}
