public import BTF

/// A kernel's types, as parsed BTF.
public typealias KernelTypes = KernelTypeSources<BTF>

/// A kernel's types, as a loader sees them: those of vmlinux, and those of its modules.
public struct KernelTypeSources<Source: TypeSource> {
    /// A kernel module's types.
    public struct Module {
        /// The module's name, such as `nf_conntrack`.
        public let name: String
        /// Its split BTF, whose base is the kernel's.
        public let types: Source

        /// Names a module's types.
        ///
        /// - Parameters:
        ///   - name: the module's name.
        ///   - types: its split BTF.
        public init(name: String, types: Source) {
            self.name = name
            self.types = types
        }
    }

    /// The types of vmlinux.
    public let vmlinux: Source
    /// The modules, in the order in which they are searched.
    public let modules: [Module]
    /// Whether a loader gets all parts as one BTF, so that an id can name a module's type too.
    public let isMerged: Bool
    /// The size of a pointer in bytes.
    public let pointerSize: UInt32

    /// Joins a kernel's types.
    ///
    /// - Parameters:
    ///   - vmlinux: the types of vmlinux.
    ///   - modules: its modules' types.
    ///   - isMerged: whether a loader gets all parts as one BTF, as cilium/ebpf's `KernelTypes`.
    ///   - pointerSize: the size of a pointer in bytes; by default what the size of `long` says, and 8 without one.
    public init(vmlinux: Source, modules: [Module] = [], isMerged: Bool = false, pointerSize: UInt32? = nil) {
        self.vmlinux = vmlinux
        self.modules = modules
        self.isMerged = isMerged
        self.pointerSize = pointerSize ?? vmlinux.pointerSize
    }

    /// The kernel with some of its modules, or with another view of them.
    ///
    /// - Parameter use: what a loader gets of the modules.
    /// - Returns: the same types, as that loader sees them.
    public func using(_ use: ModuleUse) -> Self {
        Self(
            vmlinux: vmlinux,
            modules: use == .none ? [] : modules,
            isMerged: use == .merged,
            pointerSize: pointerSize
        )
    }

    /// The types of a part; a module's include those of vmlinux.
    func types(of part: Part) -> Source { part.map { modules[$0].types } ?? vmlinux }
}

/// What a loader gets of a kernel's modules.
public enum ModuleUse: String, CaseIterable, Hashable, Sendable {
    /// Nothing: vmlinux's types alone.
    case none
    /// A split BTF for each module that a relocation touches, over vmlinux's.
    case split
    /// The types of the modules that a relocation touches in one BTF with vmlinux's, as cilium/ebpf's `KernelTypes`
    /// expects them.
    case merged
}

extension KernelTypeSources: Sendable where Source: Sendable {}
extension KernelTypeSources.Module: Sendable where Source: Sendable {}

/// The part of a kernel that types are in: nil for vmlinux, or a module by its place among the kernel's.
typealias Part = Int?

/// A type that a local root type may stand for.
struct Candidate: Hashable, Sendable {
    /// The part that it is in itself.
    let part: Part
    let id: TypeID
}

extension KernelTypeSources {
    /// Finds the types of any kind that have one of several essential names.
    ///
    /// - Parameter names: essential names, none of them empty.
    /// - Returns: candidates by name, vmlinux's before the modules'.
    func candidates(named names: [[UInt8]]) -> [[UInt8]: [Candidate]] {
        var candidates: [[UInt8]: [Candidate]] = [:]
        for part in [nil] + modules.indices.map({ $0 as Part }) {
            let found = types(of: part).ids(withEssentialNames: names, ofKinds: Self.candidateKinds)
            for (name, ids) in zip(names, found) where !ids.isEmpty {
                candidates[name, default: []] += ids.map { Candidate(part: part, id: $0) }
            }
        }
        return candidates
    }

    /// All kinds but the tag of a type, whose text is no name.
    static var candidateKinds: Set<Kind> { Set(Kind.allCases).subtracting([.typeTag]) }

    /// The kernel with notes of which of its types are read.
    var recorded: KernelTypeSources<RecordedSource<Source>> {
        KernelTypeSources<RecordedSource<Source>>(
            vmlinux: RecordedSource(base: vmlinux),
            modules: modules.map { .init(name: $0.name, types: RecordedSource(base: $0.types)) },
            isMerged: isMerged,
            pointerSize: pointerSize
        )
    }
}
