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

private func oneDecimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
}
