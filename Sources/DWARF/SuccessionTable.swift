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
    /// From keys to places.
    private var places: FingerprintIndex
    /// The place of the entry that was recalled last.
    private var last = 0

    /// Makes an empty table.
    ///
    /// - Parameter capacity: how many slots to start with, a power of two.
    init(capacity: Int = 1 << 12) { places = FingerprintIndex(capacity: capacity) }

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
        let place = entries.count
        entries.append(Entry(key: key, value: value, uses: uses))
        places.insert(key, UInt32(place))
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
    private func place(of key: Fingerprint) -> Int { Int(places.number(of: key) { entries[Int($0)].key == key }) }
}
