internal import Foundation

/// A real tool that compresses one stream, as kernels' build does.
public struct StreamTool: Sendable, CustomStringConvertible {
    /// What the stream's format is called.
    public let format: String
    private let tool: String
    private let arguments: [String]

    /// All of them. `lz4` need not be installed; tests of it say so with `.enabled(if:)`.
    public static let all = [gzip, bzip2, xz, xzForX86, lzma, zstd]
    /// gzip.
    public static let gzip = StreamTool(format: "gzip", tool: "gzip", arguments: ["-9n"])
    /// bzip2.
    public static let bzip2 = StreamTool(format: "bzip2", tool: "bzip2", arguments: ["-9"])
    /// xz, as it is.
    public static let xz = StreamTool(format: "xz", tool: "xz", arguments: ["-6"])
    /// xz with the filters and the check of an x86 kernel (`scripts/xz_wrap.sh`).
    public static let xzForX86 = StreamTool(
        format: "xz",
        tool: "xz",
        arguments: ["--check=crc32", "--x86", "--lzma2=dict=8MiB"]
    )
    /// The format before xz.
    public static let lzma = StreamTool(format: "lzma", tool: "xz", arguments: ["--format=lzma"])
    /// Zstandard, as a kernel is compressed: with a window as large as the whole.
    public static let zstd = StreamTool(format: "zstd", tool: "zstd", arguments: ["-q", "--ultra", "-22"])
    /// The LZ4 frame format.
    public static let lz4 = StreamTool(format: "lz4", tool: "lz4", arguments: ["-q", "-9"])
    /// The frame format that LZ4 had first, which is the kernel's.
    public static let lz4Legacy = StreamTool(format: "lz4 (legacy)", tool: "lz4", arguments: ["-q", "-l", "-9"])

    /// Whether `lz4` is installed.
    public static let hasLZ4 = Tool.path(of: "lz4") != nil

    /// What a test with this tool is called.
    public var description: String { ([tool] + arguments).joined(separator: " ") }

    /// Compresses bytes.
    ///
    /// - Parameter bytes: what to compress.
    /// - Returns: the stream.
    /// - Throws: `Tool.Failure` when the tool is missing or fails.
    public func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        let plain = folder.path("plain")
        try Data(bytes).write(to: URL(fileURLWithPath: plain))
        return Array(try Tool.run(tool, arguments + ["-c", plain]).output)
    }
}
