public import BTF

/// A BTF that holds what some objects need of a kernel, proven to serve them as the kernel's own does.
public struct MinimizedBTF: Sendable {
    /// The types: in canonical form, save where two types that only the rest of the kernel's BTF tells apart have to stay
    /// two.
    public let types: BTF
    /// What each relocation comes to on the kernel. Its type ids are the kernel's.
    public let log: RelocationLog
    /// What each relocation comes to on the minimised BTF: the same outcomes and values, save that type ids are
    /// those of `types`.
    public let provenLog: RelocationLog

    /// The BTF as a file holds it.
    public var bytes: [UInt8] { types.serialized() }
}
