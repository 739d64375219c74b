/// The build-id of a kernel or module: the bytes of its GNU build-id note, 20 of them as a rule.
public struct BuildID: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// The bytes of the note's descriptor.
    public let bytes: [UInt8]

    /// Makes a build-id from the descriptor of a note.
    ///
    /// - Parameter bytes: 1 to 64 bytes; anything else is no build-id and gives nil.
    public init?(bytes: [UInt8]) {
        guard (1...64).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// Makes a build-id from its hexadecimal form, as debuginfod's URLs have it.
    public init?(_ description: String) {
        let digits = description.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        self.init(bytes: bytes)
    }

    /// The hexadecimal form, lower case.
    public var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
