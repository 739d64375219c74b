/// How one stream of compressed bytes is made that may stand in the middle of others, as a kernel's payload does.
///
/// Source: the kernel's build (`scripts/Makefile.lib`, `lib/decompress.c`) and the formats' own descriptions.
public enum StreamCompression: String, CaseIterable, Hashable, Sendable {
    /// gzip (RFC 1952).
    case gzip
    /// bzip2.
    case bzip2
    /// The .xz format.
    case xz
    /// The .lzma format, which came before .xz and has no magic number.
    case lzma
    /// Zstandard (RFC 8878).
    case zstd
    /// The LZ4 frame format.
    case lz4
    /// The frame format that LZ4 had first (`lz4 -l`), which is the kernel's: blocks of 8 MiB, and no end marker.
    case lz4Legacy = "lz4 (legacy)"
    /// lzop's, which is recognised so that it can be named, but not decompressed here.
    case lzo

    /// Recognises a stream by its first bytes.
    ///
    /// - Parameter bytes: bytes that may start with a stream; 14 are enough. The result is nil when they start with
    ///   none.
    public init?(startOf bytes: RawSpan) {
        guard bytes.byteCount >= 7 else { return nil }
        let word = bytes.word(0)
        switch word & 0xff {
        // ID1, ID2, the method "deflate", and flags whose reserved bits are clear (RFC 1952, 2.3.1).
        case 0x1f where word & 0xe0ff_ffff == 0x0008_8b1f: self = .gzip
        case 0x42 where bytes.startsBzip2: self = .bzip2
        case 0xfd where word == 0x587a_37fd && bytes.word(3) & 0xff_ffff == 0x5a58: self = .xz
        case 0x5d where bytes.startsLZMA: self = .lzma
        case 0x28 where word == 0xfd2f_b528: self = .zstd
        case 0x04 where word == 0x184d_2204: self = .lz4
        case 0x02 where word == 0x184c_2102: self = .lz4Legacy
        case 0x89 where word == 0x4f5a_4c89 && bytes.word(3) == 0x0a0d_004f: self = .lzo
        default: return nil
        }
    }

    /// Whether any stream that is recognised starts with a byte; for those who search.
    ///
    /// - Parameter byte: a byte.
    /// - Returns: false when `init(startOf:)` finds nothing in bytes that start with it.
    @inlinable
    public static func mayStart(with byte: UInt8) -> Bool {
        switch byte {
        case 0x02, 0x04, 0x1f, 0x28, 0x42, 0x5d, 0x89, 0xfd: true
        default: false
        }
    }
}

extension RawSpan {
    /// Four bytes from an offset at which there are four, least significant first.
    fileprivate func word(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// "BZh", the level, and the magic number of the first block (π) or of the end (√π).
    fileprivate var startsBzip2: Bool {
        guard byteCount >= 10 else { return false }
        let header = word(0)
        guard header & 0xff_ffff == 0x68_5a42, (0x31...0x39).contains(header >> 24) else { return false }
        return word(4) == 0x2659_4131 && word(6) == 0x5953_2659 || word(4) == 0x3845_7217 && word(6) == 0x9050_3845
    }

    /// The properties that every tool writes (lc 3, lp 0, pb 2), a dictionary of 2ⁿ or 3·2ⁿ bytes, a size that is
    /// unknown or below 2³⁸, as in liblzma's own test, and the first byte of the range coder, which is 0.
    fileprivate var startsLZMA: Bool {
        guard byteCount >= 14 else { return false }
        let dictionary = word(1)
        let size = UInt64(word(5)) | UInt64(word(9)) << 32
        guard word(0) & 0xff == 0x5d, word(10) >> 24 == 0, (1 << 12...1 << 27).contains(dictionary) else {
            return false
        }
        let rest = dictionary >> UInt32(dictionary.trailingZeroBitCount)
        return (rest == 1 || rest == 3) && (size == .max || (1..<1 << 38).contains(size))
    }
}
