/// An open-addressing table from fingerprints to numbers above zero.
struct FingerprintTable: Sendable {
    struct Slot: BitwiseCopyable, Sendable {
        var key: Fingerprint
        /// 0 for a free slot.
        var value: UInt32
    }

    private var slots: [Slot]
    private var mask: Int
    private(set) var count = 0

    /// Makes an empty table.
    ///
    /// - Parameter capacity: how many slots to start with, a power of two.
    init(capacity: Int = 1 << 12) {
        slots = [Slot](repeating: Slot(key: Fingerprint(high: 0, low: 0), value: 0), count: capacity)
        mask = capacity - 1
    }

    /// The slot that holds a key, or the free one where it belongs.
    @inline(__always)
    private func slot(for key: Fingerprint) -> Int {
        var index = Int(truncatingIfNeeded: key.low) & mask
        while slots[index].value != 0, slots[index].key != key { index = (index &+ 1) & mask }
        return index
    }

    /// The number for a key, or 0.
    @inline(__always)
    func value(for key: Fingerprint) -> UInt32 { slots[slot(for: key)].value }

    /// Adds a key that is not in the table.
    mutating func insert(_ key: Fingerprint, _ value: UInt32) {
        precondition(value != 0)
        slots[slot(for: key)] = Slot(key: key, value: value)
        count += 1
        if count * 2 > slots.count { grow() }
    }

    /// Gives a key a number, whether it is in the table or not.
    mutating func set(_ key: Fingerprint, _ value: UInt32) {
        let index = slot(for: key)
        if slots[index].value == 0 { insert(key, value) } else { slots[index].value = value }
    }

    /// Calls `body` with each slot that holds a number.
    func forEach(_ body: (Slot) -> Void) {
        for slot in slots where slot.value != 0 { body(slot) }
    }

    @inline(never)
    private mutating func grow() {
        var larger = FingerprintTable(capacity: slots.count * 2)
        for old in slots where old.value != 0 { larger.slots[larger.slot(for: old.key)] = old }
        larger.count = count
        self = larger
    }
}
