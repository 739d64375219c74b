internal import Crypto

/// The SHA-256 of a package file.
public struct PackageDigest: Hashable, Sendable {
    /// Its 32 bytes.
    public let bytes: [UInt8]

    /// Takes a digest that an index states.
    ///
    /// - Parameter bytes: 32 bytes; any other number gives nil.
    public init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    init(_ digest: SHA256Digest) { bytes = Array(digest) }
}

extension PackageDigest: CustomStringConvertible, LosslessStringConvertible {
    /// 64 hexadecimal digits, lower case, as `sha256sum` prints them.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads a digest from 64 hexadecimal digits; any other text gives nil.
    public init?(_ description: String) {
        let digits = description.compactMap(\.hexDigitValue)
        guard digits.count == description.utf8.count, digits.count == 2 * SHA256.byteCount else { return nil }
        self.init(bytes: stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}
