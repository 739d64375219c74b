/// Orders version strings as people read them: runs of digits by value, everything else by byte.
enum VersionOrder {
    /// Whether the first string stands before the second.
    static func isOrdered(_ left: String, before right: String) -> Bool {
        var one = Substring(left).utf8
        var other = Substring(right).utf8
        while let a = one.first, let b = other.first {
            if isDigit(a), isDigit(b) {
                let first = takeNumber(&one)
                let second = takeNumber(&other)
                if first.count != second.count { return first.count < second.count }
                if !first.elementsEqual(second) { return first.lexicographicallyPrecedes(second) }
            } else {
                if a != b { return a < b }
                one.removeFirst()
                other.removeFirst()
            }
        }
        if one.isEmpty != other.isEmpty { return one.isEmpty }
        // Equal by value (`01` and `1`): fall back on the bytes, so that the order is total.
        return left < right
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Removes a run of digits from the front and returns it without its leading zeroes.
    private static func takeNumber(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }
}
