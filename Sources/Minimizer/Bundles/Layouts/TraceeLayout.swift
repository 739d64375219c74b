import KernelIdentity

/// The tree that tracee's build embeds as `dist/btfhub`: `{ID}/{VERSION_ID}/{x86_64|arm64}/{uname -r}.btf`.
///
/// Source: `pkg/cmd/initialize/bpfobject.go` and `3rdparty/btfhub.sh` of tracee. It is unpacked and then embedded by Go,
/// which takes files with several names (hard links) but no symbolic links, and refuses some characters in names.
struct TraceeLayout: ArchiveLayout {
    func placement(of kernel: BundleKernel) -> BundlePlacement {
        let name = kernel.name
        guard name.architecture == .amd64 || name.architecture == .arm64 else {
            return .none(reason: "tracee is not made for \(name.architecture)")
        }
        let path = "\(name.distribution)/\(name.version)/\(name.architecture.rawValue)/\(name.release).btf"
        return path.contains(":") ? .none(reason: "go:embed takes no file with ':' in its name") : .paths([path])
    }

    var allowsLinks: Bool { true }
}
