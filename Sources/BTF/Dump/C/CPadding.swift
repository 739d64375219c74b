/// Fills gaps between members with unnamed bitfields, which add no members and do not change a struct's alignment.
struct CPadding {
    /// The size of a pointer, and of a `long`, in bytes.
    let pointerSize: UInt32
    /// Whether the struct is packed, so that a bitfield starts where the last one ends.
    let isPacked: Bool

    /// The longest gap, in bits, that is filled so; a longer one gets one array, to keep the text short.
    static let longestGap: UInt64 = 1 << 16

    /// The lines that lead from one bit to another.
    ///
    /// Each bitfield fits in an aligned unit of its type, so that every compiler puts it where the last one ends.
    ///
    /// - Parameters:
    ///   - start: the first bit of the gap, from the struct's start.
    ///   - end: the bit behind the gap.
    /// - Returns: declarations without semicolons.
    func declarations(from start: UInt64, to end: UInt64) -> [String] {
        var lines: [String] = []
        // A bitfield of full width goes to the next aligned unit by itself.
        let aligned = CLayouts.rounded(start, to: 64)
        var bit = !isPacked && aligned + 64 <= end ? aligned : start
        while bit < end {
            if end - bit > Self.longestGap, bit.isMultiple(of: 8) {
                lines.append("char __padding_\(bit / 8)[\((end - bit) / 8)]")
                bit += (end - bit) / 8 * 8
                continue
            }
            let (name, width) = unit(at: bit, room: end - bit)
            lines.append("\(name): \(width)")
            bit += width
        }
        return lines
    }

    private func unit(at bit: UInt64, room: UInt64) -> (name: String, width: UInt64) {
        let long = pointerSize == 8 ? "long" : "long long"
        for (name, width) in [(long, 64), ("int", 32), ("short", 16), ("char", 8)] as [(String, UInt64)]
        where bit.isMultiple(of: width) && width <= room {
            return (name, width)
        }
        return ("char", min(8 - bit % 8, room))
    }
}
