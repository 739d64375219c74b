/// A Debian package version, ordered as dpkg orders it (deb-version(7)).
package struct DebianVersion: Comparable {
    private let epoch: Int
    private let upstream: Substring
    private let revision: Substring

    /// Reads a version; one that breaks the rules is ordered as well as can be.
    package init(_ text: String) {
        var rest = Substring(text)
        if let colon = rest.firstIndex(of: ":"), let epoch = Int(rest[..<colon]) {
            self.epoch = epoch
            rest = rest[rest.index(after: colon)...]
        } else {
            epoch = 0
        }
        if let dash = rest.lastIndex(of: "-") {
            upstream = rest[..<dash]
            revision = rest[rest.index(after: dash)...]
        } else {
            upstream = rest
            revision = "0"
        }
    }

    package static func < (left: DebianVersion, right: DebianVersion) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        let upstream = compare(left.upstream, right.upstream)
        return upstream != 0 ? upstream < 0 : compare(left.revision, right.revision) < 0
    }

    package static func == (left: DebianVersion, right: DebianVersion) -> Bool { !(left < right) && !(right < left) }

    /// Compares two parts: runs of other characters by dpkg's order, runs of digits by value, in turn.
    private static func compare(_ left: Substring, _ right: Substring) -> Int {
        var one = left.utf8
        var other = right.utf8
        while !one.isEmpty || !other.isEmpty {
            while one.first.map({ !isDigit($0) }) ?? false || other.first.map({ !isDigit($0) }) ?? false {
                let difference = order(one.first) - order(other.first)
                if difference != 0 { return difference }
                one = one.dropFirst()
                other = other.dropFirst()
            }
            let first = takeNumber(&one)
            let second = takeNumber(&other)
            if first.count != second.count { return first.count - second.count }
            for (a, b) in zip(first, second) where a != b { return Int(a) - Int(b) }
        }
        return 0
    }

    /// A tilde before the end, the end before letters, letters before everything else.
    private static func order(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        let letter = byte | 0x20
        return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z") ? Int(byte) : Int(byte) + 256
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func takeNumber(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }
}
