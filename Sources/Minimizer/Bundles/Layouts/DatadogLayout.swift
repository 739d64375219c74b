import Archive
import KernelIdentity

/// The collection of the Datadog agent, `minimized-btfs.tar.xz`: `{platform}/{uname -r}.btf.tar.xz`, below `ubuntu` with
/// the version between.
///
/// Source: `pkg/ebpf/btf.go` of datadog-agent. The reader compares whole names of regular files, whose first folder must
/// be a platform that it knows. What it finds it unpacks as .tar.xz, so that each kernel is one; stored and not
/// compressed, so that the outer .xz sees what kernels have in common.
struct DatadogLayout: ArchiveLayout {
    private static let platforms: Set<String> = [
        "amzn", "centos", "debian", "fedora", "opensuse-leap", "ol", "rhel", "sles", "ubuntu",
    ]

    func placement(of kernel: BundleKernel) -> BundlePlacement {
        let name = kernel.name
        guard Self.platforms.contains(name.distribution) else {
            return .none(reason: "the Datadog agent knows no platform '\(name.distribution)'")
        }
        let folder = name.distribution == "ubuntu" ? "ubuntu/\(name.version)" : name.distribution
        return .paths(["\(folder)/\(name.release).btf.tar.xz"])
    }

    func contents(_ btf: [UInt8], of kernel: BundleKernel) throws -> [UInt8] {
        var tar: [UInt8] = []
        let archive = try ArchiveWriter(compression: .none, name: "\(kernel.name.release).btf.tar") { tar += $0 }
        try archive.addFile("\(kernel.name.release).btf", contents: btf)
        try archive.finish()
        return try StoredXZ.stream(tar)
    }

    var compression: Compression? { .xz }
}
