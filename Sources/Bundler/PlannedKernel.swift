internal import HubStore
internal import KernelIdentity
internal import Minimizer

/// A kernel of the store, as far as a plan has to remember it.
struct PlannedKernel: Hashable, Sendable {
    let name: KernelName
    let buildID: BuildID?
    /// The digest of its BTF.
    let btf: ContentDigest

    init(_ kernel: Kernel) {
        name = kernel.name
        buildID = kernel.buildID
        btf = kernel.btf.digest
    }

    /// The kernel as a bundle knows it.
    var forBundle: BundleKernel { BundleKernel(name: name, buildID: buildID) }
}
