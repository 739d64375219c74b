internal import Crypto

/// The SHA-256 of some content, by which it is addressed: in the store, in URLs and as ETag.
public struct ContentDigest: Hashable, Sendable {
    /// The digest's 32 bytes.
    public let bytes: [UInt8]

    /// The number of bytes of a digest.
    public static let length = 32

    /// Takes a digest that somebody else has computed.
    ///
    /// - Parameter bytes: 32 bytes; any other number is no digest and gives nil.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// Computes the digest of some content.
    ///
    /// - Parameter content: the bytes to digest.
    public init(of content: some Sequence<UInt8>) {
        var hash = SHA256()
        let isContiguous: Void? = content.withContiguousStorageIfAvailable {
            hash.update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        if isContiguous == nil { hash.update(data: Array(content)) }
        bytes = Array(hash.finalize())
    }
}

extension ContentDigest: CustomStringConvertible, LosslessStringConvertible {
    /// The digest in hexadecimal, lower case, as `sha256sum` prints it.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads a digest from its hexadecimal form; nil when the text is not 64 hexadecimal digits.
    public init?(_ description: String) {
        guard description.utf8.count == 2 * Self.length else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.length)
        var high: UInt8?
        for character in description {
            guard let value = character.hexDigitValue.map(UInt8.init(_:)) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self.init(bytes: bytes)
    }
}
