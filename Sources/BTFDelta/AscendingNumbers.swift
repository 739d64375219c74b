/// Many ascending numbers, made ready to be searched very often.
struct AscendingNumbers: Hashable, Sendable {
    private let numbers: [UInt32]
    /// How many numbers are below each multiple of 2 to the power of `shift`, so that few are left to bisect.
    private let below: [UInt32]
    private let shift: UInt32

    /// Takes numbers.
    ///
    /// - Parameter numbers: the numbers, none less than the one before it.
    init(_ numbers: [UInt32]) {
        self.numbers = numbers
        let greatest = numbers.last ?? 0
        var shift: UInt32 = 0
        while Int(greatest >> shift) > numbers.count { shift += 1 }
        self.shift = shift
        var below: [UInt32] = []
        below.reserveCapacity(Int(greatest >> shift) + 2)
        for (index, number) in numbers.enumerated() {
            while below.count <= Int(number >> shift) { below.append(UInt32(index)) }
        }
        below.append(UInt32(numbers.count))
        self.below = below
    }

    /// The place of the last number that is not above a value; nil when all are.
    func last(notAbove value: UInt32) -> Int? {
        let bucket = Int(value >> shift)
        guard bucket + 1 < below.count else { return numbers.isEmpty ? nil : numbers.count - 1 }
        var (low, high) = (Int(below[bucket]), Int(below[bucket + 1]))
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
