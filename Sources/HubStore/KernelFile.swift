internal import Archive
public import KernelIdentity

/// The file of one kernel in an archive tree: plain BTF, or BTF as btfhub-archive and its clients pack it.
///
/// HTTP serves and `hubctl export` writes the bytes that `encode(_:of:)` makes; equal BTF gives equal bytes.
public enum KernelFile: String, CaseIterable, Hashable, Sendable {
    /// The canonical bytes, `.btf`.
    case plain = ".btf"
    /// A tar archive in xz with the BTF as its one member, `.btf.tar.xz`: the shape of btfhub-archive.
    case tarXZ = ".btf.tar.xz"
    /// The canonical bytes in a zstd frame, `.btf.zst`.
    case zstandard = ".btf.zst"
    /// The canonical bytes in gzip, `.btf.gz`.
    case gzip = ".btf.gz"

    /// What the file's name ends with, after the kernel's release.
    public var suffix: String { rawValue }

    /// The media type for HTTP.
    public var mediaType: String {
        switch self {
        case .plain: "application/octet-stream"
        case .tarXZ: Compression.xz.tarMediaType
        case .zstandard: Compression.zstd.tarMediaType
        case .gzip: Compression.gzip.tarMediaType
        }
    }

    /// The path of a kernel's file in the tree, such as `debian/12/x86_64/6.1.0-56-cloud-amd64.btf.tar.xz`.
    ///
    /// - Parameter kernel: the kernel.
    /// - Returns: a relative path without `.` or `..`.
    public func path(of kernel: KernelName) -> String { kernel.description + suffix }

    /// Splits a file's name into a kernel's release and the kind of file.
    ///
    /// - Parameter name: a file's name, such as `6.1.0-56-cloud-amd64.btf.tar.xz`.
    /// - Returns: nil when the name ends like none of these files.
    public static func parse(_ name: String) -> (release: String, file: KernelFile)? {
        for file in allCases where name.hasSuffix(file.suffix) && name.utf8.count > file.suffix.utf8.count {
            return (String(name.dropLast(file.suffix.count)), file)
        }
        return nil
    }

    /// Makes the file's bytes.
    ///
    /// - Parameters:
    ///   - btf: the canonical bytes of the kernel's BTF.
    ///   - kernel: the kernel; its release names the member of the tar archive.
    /// - Returns: the bytes of the file.
    /// - Throws: `ArchiveError` when memory runs out.
    public func encode(_ btf: [UInt8], of kernel: KernelName) throws -> [UInt8] {
        switch self {
        case .plain: return btf
        case .zstandard: return try Compression.zstd.compress(btf)
        case .gzip: return try Compression.gzip.compress(btf)
        case .tarXZ:
            var bytes: [UInt8] = []
            let writer = try ArchiveWriter(compression: .xz, name: path(of: kernel)) { bytes += $0 }
            try writer.addFile(kernel.release + Self.plain.suffix, contents: btf)
            try writer.finish()
            return bytes
        }
    }
}
