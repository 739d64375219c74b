/// How bytes are compressed: one-shot, or as the outer layer of a tar archive.
public enum Compression: String, Hashable, Sendable, CaseIterable {
    /// Not at all.
    case none
    /// gzip (RFC 1952), written without name and time so that equal input gives equal output.
    case gzip
    /// The .xz format, with a CRC64 over the contents.
    case xz
    /// Zstandard (RFC 8878).
    case zstd

    /// What a file name of such a tar archive ends with: `.tar`, `.tar.gz`, `.tar.xz` or `.tar.zst`.
    public var tarSuffix: String { ".tar" + suffix }

    /// What a file name of something compressed so ends with: nothing, `.gz`, `.xz` or `.zst`.
    public var suffix: String {
        switch self {
        case .none: ""
        case .gzip: ".gz"
        case .xz: ".xz"
        case .zstd: ".zst"
        }
    }

    /// The media type for HTTP of a tar archive compressed so.
    public var tarMediaType: String {
        switch self {
        case .none: "application/x-tar"
        case .gzip: "application/gzip"
        case .xz: "application/x-xz"
        case .zstd: "application/zstd"
        }
    }

    /// Chooses the compression that a tar archive's file name asks for.
    ///
    /// - Parameter path: a file name or path; `.tgz`, `.txz` and `.tzst` are understood too. The result is nil
    ///   when the name ends like no tar archive.
    public init?(tarPath path: String) {
        let lowercased = path.lowercased()
        let short: [(String, Compression)] = [(".tgz", .gzip), (".txz", .xz), (".tzst", .zstd)]
        let endings = Self.allCases.map { ($0.tarSuffix, $0) } + short
        guard let match = endings.first(where: { lowercased.hasSuffix($0.0) }) else { return nil }
        self = match.1
    }
}
