import Archive
import KernelIdentity

/// The archive that bcc's libbpf-tools are linked with: `./{ID}/{VERSION_ID}/{uname -m}/{uname -r}.btf` in a tar.gz.
///
/// Source: `libbpf-tools/btf_helpers.c` of bcc. Its reader walks the headers of the tar and compares the whole of a
/// header's name with the path that it built, so that the leading `./` counts, and a name that does not fit the header
/// with its final zero is not found. It follows no links: a link would give it an empty file.
struct BCCLayout: ArchiveLayout {
    /// The bytes of the name in a tar header, less the zero that the reader needs.
    private static let longestPath = 99

    func placement(of kernel: BundleKernel) -> BundlePlacement {
        let name = kernel.name
        let spellings = OSReleaseSpelling.inBCC(of: name)
        let paths = spellings.map { "./\($0)/\(name.architecture.machine)/\(name.release).btf" }
            .filter { $0.utf8.count <= Self.longestPath }
        return paths.isEmpty
            ? .none(reason: "its path has more than \(Self.longestPath) bytes, which bcc's reader does not find")
            : .paths(paths)
    }

    var compression: Compression? { .gzip }
    var manifest: String { "./manifest.json" }
}
