internal import Archive

/// How canonical bytes become the payload of a row, and back.
///
/// This is the wall between what the store holds and how it is kept: nothing outside `BTFTable` knows of encodings. The
/// raw values are in the file (`btf.encoding`) and must not change.
enum BTFEncoding: Int {
    /// One zstd frame.
    case zstandard = 1

    /// The encoding for new rows.
    static let preferred = BTFEncoding.zstandard

    /// zstd's level: 12 packs a kernel's 4 MB in 0.2 s; 19 takes ten times as long for a tenth less.
    private static let level = 12

    /// Encodes canonical bytes.
    func encode(_ canonical: [UInt8]) throws -> [UInt8] {
        switch self {
        case .zstandard: try Compression.zstd.compress(canonical, level: Self.level)
        }
    }

    /// Decodes a payload.
    ///
    /// - Parameters:
    ///   - payload: what `encode(_:)` has made, or what is left of it.
    ///   - size: how many bytes must come out.
    /// - Returns: the bytes; whether they are the right ones is for the caller to check.
    /// - Throws: `ArchiveError` when the payload is not what an encoder makes, or unpacks to more bytes.
    func decode(_ payload: [UInt8], size: Int) throws -> [UInt8] {
        switch self {
        case .zstandard: try Compression.zstd.decompress(payload, limit: size, name: "payload")
        }
    }
}
