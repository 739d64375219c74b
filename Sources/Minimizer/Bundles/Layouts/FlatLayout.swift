import KernelIdentity

/// One file per build-id, `3b43fad5….btf`, for clients that know nothing of distributions.
///
/// A kernel tells its build-id in `/sys/kernel/notes`.
struct FlatLayout: ArchiveLayout {
    func placement(of kernel: BundleKernel) -> BundlePlacement {
        guard let buildID = kernel.buildID else { return .none(reason: "it has no build-id to be found by") }
        return .paths(["\(buildID).btf"])
    }

    var allowsLinks: Bool { true }
    var takesSplitModules: Bool { true }
}
