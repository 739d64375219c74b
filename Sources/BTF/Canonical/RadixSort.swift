/// A number to sort by, and the index of what it belongs to.
struct SortEntry {
    let key: UInt64
    let index: UInt32
}

extension [SortEntry] {
    /// Sorts by the keys, byte by byte from the lowest; entries of equal keys stay in their order.
    ///
    /// Half a million comparisons cost more than eight passes; a byte that is the same in all keys costs none.
    mutating func radixSort() {
        var sorted = self
        for (shift, counts) in zip(stride(from: UInt64(0), to: 64, by: 8), byteCounts()) where !counts.contains(count) {
            var places = counts
            var next = 0
            for value in counts.indices {
                places[value] = next
                next += counts[value]
            }
            // A span is checked for being the only one once, not for each element.
            var target = sorted.mutableSpan
            var targetPlaces = places.mutableSpan
            for entry in self {
                let value = Int(entry.key >> shift & 0xff)
                target[targetPlaces[value]] = entry
                targetPlaces[value] += 1
            }
            swap(&self, &sorted)
        }
    }

    /// How often each value of each byte of the keys occurs, the lowest byte first.
    private func byteCounts() -> [[Int]] {
        var flat = [Int](repeating: 0, count: 8 * 256)
        var counts = flat.mutableSpan
        for entry in self {
            for byte in 0..<8 { counts[byte << 8 | Int(entry.key >> UInt64(8 * byte) & 0xff)] += 1 }
        }
        return stride(from: 0, to: flat.count, by: 256).map { Array<Int>(flat[$0..<$0 + 256]) }
    }
}
