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

    /// zstd's level. Of a kernel's 4.1 MB, 9 makes 1.25 MB in 0.3 s, 12 the same in 0.8 s, 19 makes 1.11 MB in 4.1 s.
    private static let level = 9

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
