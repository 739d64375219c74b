public import Foundation
public import KernelIdentity

/// A piece of BTF in the store, by its content.
public struct BTFReference: Hashable, Sendable {
    /// The SHA-256 of the canonical bytes.
    public let digest: ContentDigest
    /// The number of canonical bytes.
    public let size: Int
}

/// A kernel that the store holds.
public struct Kernel: Hashable, Sendable {
    /// The row that holds it.
    let id: Int64
    /// The kernel's name.
    public let name: KernelName
    /// The build-id of the kernel's image, where it has one.
    public let buildID: BuildID?
    /// The kernel's BTF.
    public let btf: BTFReference
    /// The package that the kernel came from, where it came from one.
    public let package: SourcePackage?
    /// When it was stored.
    public let storedAt: Date
    /// When another build took the name over; nil for the build that the name stands for.
    public let supersededAt: Date?

    /// What the kernel's row is sealed with.
    var seal: Data { Seal.kernel(name, buildID, btf.digest) }
}

/// A module of a kernel that the store holds.
public struct Module: Hashable, Sendable {
    /// The row of the kernel.
    let kernelID: Int64
    /// Where its BTF was stored when it was looked up.
    let place: ModulePlace
    /// The module's name, such as `ext4`.
    public let name: String
    /// The kernel that the module belongs to.
    public let kernel: KernelName
    /// The build-id of the module, where it has one.
    public let buildID: BuildID?
    /// The module's split BTF, whose base is the kernel's BTF.
    public let btf: BTFReference
}

/// A page of the list of kernels.
public struct KernelPage: Hashable, Sendable {
    /// The kernels, in the order of their names.
    public let kernels: [Kernel]
    /// Rows met on the way that do not match their seal; the errors name them.
    public let damaged: [StoreError]
    /// The name to go on after, or nil when the list ends here.
    public let next: KernelName?
}
