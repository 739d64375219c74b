public import KernelIdentity

/// Where the kernels of a bundle lie in its archive: the paths that a client builds from what it knows of its machine.
public enum BundleLayout: String, CaseIterable, Hashable, Sendable {
    /// The tree of btfhub-archive: `./debian/12/x86_64/6.1.0-56-cloud-amd64.btf`, with the archive's names of
    /// architectures (`arm64`).
    case btfhub

    /// The path of a kernel's BTF.
    ///
    /// - Parameter kernel: the kernel.
    /// - Returns: the member's name, as it is written into the archive.
    public func path(of kernel: KernelName) -> String {
        switch self {
        case .btfhub:
            "./\(kernel.distribution)/\(kernel.version)/\(kernel.architecture.rawValue)/\(kernel.release).btf"
        }
    }
}
