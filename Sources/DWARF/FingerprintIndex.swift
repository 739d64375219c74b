/// An open-addressing index from fingerprints to the numbers, above zero, of things that have their fingerprints
/// themselves: a third of the memory of a table that has them too.
struct FingerprintIndex: Sendable {
    /// Each a number above 32 bits of its fingerprint; 0 for a free slot.
    private var slots: [UInt64]
    private(set) var count = 0

    /// Makes an empty index.
    ///
    /// - Parameter capacity: how many slots to start with, a power of two.
    init(capacity: Int = 1 << 12) { slots = [UInt64](repeating: 0, count: capacity) }

    /// The number of the thing with a fingerprint, or 0.
    ///
    /// - Parameters:
    ///   - key: the fingerprint.
    ///   - hasKey: whether the thing of a number has it; asked for the very few for which the slots leave it open.
    /// - Returns: the number, or 0 where nothing in the index has the fingerprint.
    @inline(__always)
    func number(of key: Fingerprint, _ hasKey: (UInt32) -> Bool) -> UInt32 {
        let mask = slots.count &- 1
        let tag = key.low & 0xffff_ffff
        var index = Int(truncatingIfNeeded: tag) & mask
        while slots[index] != 0 {
            let number = UInt32(truncatingIfNeeded: slots[index] &>> 32)
            if slots[index] & 0xffff_ffff == tag, hasKey(number) { return number }
            index = (index &+ 1) & mask
        }
        return 0
    }

    /// Adds a thing whose fingerprint is not in the index.
    mutating func insert(_ key: Fingerprint, _ number: UInt32) {
        precondition(number != 0)
        count += 1
        if count * 2 > slots.count { grow() }
        put(UInt64(number) << 32 | key.low & 0xffff_ffff)
    }

    private mutating func put(_ slot: UInt64) {
        let mask = slots.count &- 1
        var index = Int(truncatingIfNeeded: slot & 0xffff_ffff) & mask
        while slots[index] != 0 { index = (index &+ 1) & mask }
        slots[index] = slot
    }

    @inline(never)
    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for slot in old where slot != 0 { put(slot) }
    }
}
