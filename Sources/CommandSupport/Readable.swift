/// A number of bytes as people read it: `4.1 MB`, in powers of 1,000.
///
/// - Parameter bytes: the number.
/// - Returns: three figures and a unit.
public func readableByteCount(_ bytes: some BinaryInteger) -> String {
    var value = Double(bytes)
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            return unit == "B" ? "\(Int(value)) B" : "\(oneDecimal(value)) \(unit)"
        }
        value /= 1000
    }
    return "\(oneDecimal(value)) TB"
}

/// A number of things as people read it: `1 kernel`, `2 kernels`.
///
/// - Parameters:
///   - count: the number.
///   - noun: what they are, in the singular of a noun whose plural takes an s.
/// - Returns: the number and the noun.
public func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

/// A number of bits as people read offsets in a struct: `24`, bytes, or `24:3`, three bits behind a whole byte.
///
/// - Parameter bits: the number of bits.
/// - Returns: bytes, and bits behind a colon where there are some left.
public func readableBitOffset(_ bits: UInt64) -> String {
    bits.isMultiple(of: 8) ? "\(bits / 8)" : "\(bits / 8):\(bits % 8)"
}

private func oneDecimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
}
