public import BTF

/// A kernel's types, as a loader sees them: those of vmlinux, and those of its modules.
public struct KernelTypes: Sendable {
    /// A kernel module's types.
    public struct Module: Sendable {
        /// The module's name, such as `nf_conntrack`.
        public let name: String
        /// Its split BTF, whose base is the kernel's.
        public let types: BTF

        /// Names a module's types.
        ///
        /// - Parameters:
        ///   - name: the module's name.
        ///   - types: its split BTF.
        public init(name: String, types: BTF) {
            self.name = name
            self.types = types
        }
    }

    /// The types of vmlinux.
    public let vmlinux: BTF
    /// The modules, in the order in which they are searched.
    public let modules: [Module]
    /// The size of a pointer in bytes.
    public let pointerSize: UInt32

    /// Joins a kernel's types.
    ///
    /// - Parameters:
    ///   - vmlinux: the types of vmlinux.
    ///   - modules: its modules' types.
    ///   - pointerSize: the size of a pointer in bytes; by default what the size of `long` says, and 8 without one.
    public init(vmlinux: BTF, modules: [Module] = [], pointerSize: UInt32? = nil) {
        self.vmlinux = vmlinux
        self.modules = modules
        self.pointerSize = pointerSize ?? vmlinux.pointerSize
    }

    /// A part that types are in: nil for vmlinux, or a module by its place in `modules`.
    typealias Part = Int?

    /// The types of a part; a module's include those of vmlinux.
    func types(of part: Part) -> BTF { part.map { modules[$0].types } ?? vmlinux }
}

/// A type that a local root type may stand for.
struct Candidate: Hashable, Sendable {
    /// The module that it is in, by its place among the kernel's, or nil for vmlinux.
    let part: KernelTypes.Part
    let id: TypeID
}

extension KernelTypes {
    /// Finds the candidates for each of several essential names.
    ///
    /// - Parameters:
    ///   - names: essential names, none of them empty.
    ///   - kinds: the kinds of types to look at.
    /// - Returns: candidates by name, vmlinux's before the modules'.
    func candidates(named names: [[UInt8]], ofKinds kinds: Set<Kind>) -> [[UInt8]: [Candidate]] {
        var candidates: [[UInt8]: [Candidate]] = [:]
        for part in [nil] + modules.indices.map({ $0 as Part }) {
            let found = types(of: part).ids(withEssentialNames: names, ofKinds: kinds)
            for (name, ids) in zip(names, found) where !ids.isEmpty {
                candidates[name, default: []] += ids.map { Candidate(part: part, id: $0) }
            }
        }
        return candidates
    }

    /// The candidates that a local type of some kind can stand for: those of modules only where vmlinux has none.
    ///
    /// Source: libbpf's `bpf_core_find_cands`.
    func compatible(_ candidates: [Candidate], with kind: Kind) -> [Candidate] {
        let fitting = candidates.filter { kind.isRelocatable(to: types(of: $0.part).kind(of: $0.id)) }
        let own = fitting.filter { $0.part == nil }
        return own.isEmpty ? fitting : own
    }
}
