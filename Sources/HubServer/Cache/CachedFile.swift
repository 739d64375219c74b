internal import Crypto
internal import Foundation
package import HubStore

/// A derived file that is open for reading; it can be read to its end even when the cache removes it meanwhile.
package final class CachedFile: Sendable {
    /// The SHA-256 of its content.
    package let digest: ContentDigest
    /// The number of bytes of its content.
    package let size: Int

    private let descriptor: CInt

    /// What stands before the content: a mark, the content's SHA-256, its length as 8 bytes, little-endian.
    static let headerSize = mark.count + ContentDigest.length + 8
    private static let mark = Array("BTFHubC1".utf8)

    /// Opens a file and checks it against its header, all of it when asked to.
    ///
    /// - Returns: nil when there is none, or when it is not whole.
    init?(path: String, checkingContent: Bool) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        // A class must be whole before it can give up.
        var header: (digest: ContentDigest, size: Int)?
        if descriptor >= 0 { header = Self.readHeader(descriptor) }
        digest = header?.digest ?? ContentDigest(of: [])
        size = header?.size ?? 0
        guard header != nil, !checkingContent || isWhole() else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The header of a file with this content.
    static func header(digest: ContentDigest, size: Int) -> [UInt8] {
        mark + digest.bytes + (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    }

    /// Reads a range of the content.
    ///
    /// - Throws: `CacheError` when the system cannot read it.
    package func read(_ range: Range<Int>) throws -> [UInt8] {
        let bytes = Self.read(descriptor, at: Self.headerSize + range.lowerBound, count: range.count)
        guard let bytes, bytes.count == range.count else {
            throw CacheError(reason: "a file in the cache became shorter while it was read")
        }
        return bytes
    }

    private func isWhole() -> Bool {
        var hash = SHA256()
        var position = 0
        while position < size {
            guard let piece = try? read(position..<min(position + 1 << 20, size)) else { return false }
            hash.update(data: piece)
            position += piece.count
        }
        return Array(hash.finalize()) == digest.bytes
    }

    private static func readHeader(_ descriptor: CInt) -> (ContentDigest, Int)? {
        guard let bytes = read(descriptor, at: 0, count: headerSize), bytes.count == headerSize,
            bytes.starts(with: mark),
            let digest = ContentDigest(bytes: Array(bytes[mark.count..<mark.count + ContentDigest.length]))
        else { return nil }
        let size = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard let size = Int(exactly: size), size == Int(end) - headerSize else { return nil }
        return (digest, size)
    }

    private static func read(_ descriptor: CInt, at offset: Int, count: Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                guard got > 0 else { return }
                filled += got
            }
        }
        return failed ? nil : bytes
    }
}
