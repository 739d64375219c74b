public import BTF

/// A BTF that holds what some objects need of a kernel, proven to serve them as the kernel's own does.
public struct MinimizedBTF: Sendable {
    /// The types: in canonical form, save where two types that only the rest of the kernel's BTF tells apart have to stay
    /// two. They include the modules' where those are merged.
    public let types: BTF
    /// The split BTF of the modules that a relocation touches, where those are not merged.
    public let modules: [KernelTypes.Module]
    /// The modules of which there are types in it, merged or split, in the order in which they were given.
    public let moduleNames: [String]
    /// What each relocation comes to on the kernel, by whose rules. Its type ids are the kernel's.
    public let logs: [LoaderRules: RelocationLog]
    /// What each relocation comes to on the minimised BTF, by whose rules: the same outcomes and values, save that type
    /// ids are those of `types`.
    public let provenLogs: [LoaderRules: RelocationLog]
    /// What is kept only because the proof needs it.
    public let additions: [ProofAddition]
    /// All that the result depends on of the kernel.
    public let touched: TouchedTypes

    /// Whether candidates are kept with all of their members, so that the result depends on those that no relocation names.
    public let restsOnWholeCandidates: Bool

    /// What each relocation comes to on the kernel by libbpf's rules.
    public var log: RelocationLog { logs[.libbpf] ?? RelocationLog(records: []) }
    /// What each relocation comes to on the minimised BTF by libbpf's rules.
    public var provenLog: RelocationLog { provenLogs[.libbpf] ?? RelocationLog(records: []) }
    /// The BTF as a file holds it.
    public var bytes: [UInt8] { types.serialized() }
}

/// A type or member that no relocation reads, and without which one would come to something else.
public struct ProofAddition: Hashable, Sendable, CustomStringConvertible {
    /// What is kept: `struct early`, or `struct early.after`.
    public let part: String
    /// The module that it is from, or nil for vmlinux.
    public let module: String?
    /// Whose rules would come to something else.
    public let rules: LoaderRules
    /// The object whose relocation it is for.
    public let object: String
    /// The instruction.
    public let location: InstructionLocation
    /// What would become of the relocation.
    public let reason: String

    /// What is kept and why, in one sentence.
    public var description: String { "\(part) is kept: without it, by the rules of \(rules.rawValue), \(reason)" }
}
