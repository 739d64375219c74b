import BTF

/// Makes, for any number of kernels, BTF that holds only what some BPF objects need.
///
/// Which types and members those are follows from the relocation log alone; what is kept of them is what
/// `bpftool gen min_core_btf` keeps, less where a match as a whole does not rest on it, and more where the proof needs it.
public struct Minimizer: Sendable {
    /// Solves the relocations.
    public let solver: RelocationSolver

    /// Prepares to minimise.
    ///
    /// - Parameter requests: what the objects ask for.
    public init(_ requests: RelocationRequestLog) { solver = RelocationSolver(requests) }

    /// Minimises a kernel's types.
    ///
    /// - Parameters:
    ///   - kernel: the kernel's types.
    ///   - modules: what the loader is to get of the kernel's modules.
    /// - Returns: the minimised BTF, proven.
    /// - Throws: `MinimizationError` when it cannot be proven or written.
    public func minimize<Source>(
        _ kernel: KernelTypeSources<Source>,
        modules: ModuleUse = .merged
    ) throws(MinimizationError) -> MinimizedBTF {
        try Minimization(of: kernel.using(modules).recorded, with: solver, isSplit: modules == .split).result()
    }
}

/// The minimising of one kernel's types.
private struct Minimization<Base: TypeSource> {
    private typealias Source = RecordedSource<Base>

    private let kernel: KernelTypeSources<Source>
    private let solver: RelocationSolver
    private let isSplit: Bool
    private let candidates: [[UInt8]: [Candidate]]
    private let logs: [LoaderRules: RelocationLog]

    init(of kernel: KernelTypeSources<RecordedSource<Base>>, with solver: RelocationSolver, isSplit: Bool) {
        self.kernel = kernel
        self.solver = solver
        self.isSplit = isSplit
        let candidates = solver.candidates(on: kernel)
        self.candidates = candidates
        logs = Dictionary(
            uniqueKeysWithValues: LoaderRules.allCases.map { rules in
                (rules, solver.solve(on: kernel, by: rules, named: candidates))
            }
        )
    }

    func result() throws(MinimizationError) -> MinimizedBTF {
        var difference: Proof.Difference?
        let smallest = selection(.firstTargets)
        for extent in Extent.allCases {
            let selection = extent == .firstTargets ? smallest : selection(extent)
            let attempt = try attempt(selection, areAlikesMerged: extent.areAlikesMerged)
            difference = attempt.proof.difference
            guard difference == nil else { continue }
            guard extent != .firstTargets else { return result(attempt, of: selection, .firstTargets, additions: []) }
            let (least, additions) = try shrink(selection, beyond: smallest, areAlikesMerged: extent.areAlikesMerged)
            let proven = try self.attempt(least, areAlikesMerged: extent.areAlikesMerged)
            return result(proven, of: least, extent, additions: additions)
        }
        guard let difference else { throw .unwritable(reason: "there is nothing to prove") }
        throw .notProven(
            object: difference.record.object,
            location: difference.record.location,
            reason: "by the rules of \(difference.rules.rawValue), \(difference.reason)"
        )
    }

    private func result(
        _ attempt: Attempt,
        of selection: TypeSelection<Source>,
        _ extent: Extent,
        additions: [ProofAddition]
    ) -> MinimizedBTF {
        MinimizedBTF(
            types: attempt.minimized.vmlinux,
            modules: attempt.minimized.modules,
            moduleNames: selection.modules.map { kernel.modules[$0].name },
            logs: logs,
            provenLogs: attempt.proof.logs,
            additions: additions,
            touched: TouchedTypes(essentialNames: solver.essentialNames, readOf: kernel),
            restsOnWholeCandidates: extent.keepsWholeCandidates
        )
    }

    /// A minimised BTF, and what solving again on it came to.
    private struct Attempt {
        let minimized: KernelTypes
        let proof: Proof
    }

    private func attempt(
        _ selection: TypeSelection<Source>,
        areAlikesMerged: Bool
    ) throws(MinimizationError) -> Attempt {
        let minimized = try build(selection, areAlikesMerged: areAlikesMerged)
        return Attempt(minimized: minimized, proof: Proof(of: logs, on: minimized, with: solver))
    }

    private func build(
        _ selection: TypeSelection<Source>,
        areAlikesMerged: Bool
    ) throws(MinimizationError) -> KernelTypes {
        do throws(BTFError) {
            // The minimised BTF may hold no `long` to tell the size of a pointer by; the loader knows its machine.
            guard isSplit else {
                let types = try selection.build().types
                return KernelTypes(
                    vmlinux: areAlikesMerged ? try types.canonicalized() : types,
                    pointerSize: kernel.pointerSize
                )
            }
            let parts = try selection.buildParts(isCanonical: areAlikesMerged)
            let modules = parts.modules.map { place, types in
                KernelTypes.Module(name: kernel.modules[place].name, types: types)
            }
            return KernelTypes(vmlinux: parts.vmlinux, modules: modules, pointerSize: kernel.pointerSize)
        } catch {
            throw .unwritable(reason: error.reason)
        }
    }
}

// MARK: - How much is kept

/// How much is kept; what a smaller extent cannot prove, a larger one can.
private enum Extent: CaseIterable {
    /// What the first type that matches by libbpf's rules needs, as bpftool has it.
    case firstTargets
    /// What all types that match need, by any loader's rules: without them, an earlier relocation could leave other
    /// candidates to a later, or another candidate answer best.
    case allTargets
    /// The same, and types that have become alike not made one.
    case separateTargets
    /// All candidates as wholes.
    case wholeCandidates
    /// All candidates as wholes, and types that have become alike not made one.
    case separateCandidates

    var keepsWholeCandidates: Bool { self == .wholeCandidates || self == .separateCandidates }
    var areAlikesMerged: Bool { self != .separateTargets && self != .separateCandidates }
}

extension Minimization {
    private func selection(_ extent: Extent) -> TypeSelection<Source> {
        var selection = TypeSelection(of: kernel)
        for rules in extent == .firstTargets ? [.libbpf] : LoaderRules.allCases {
            for record in logs[rules]?.records ?? [] {
                let count = extent == .firstTargets && record.outcome != .ambiguous ? 1 : record.targets.count
                for target in record.targets.prefix(count) { selection.choose(target, for: record.kind) }
            }
        }
        guard extent.keepsWholeCandidates else { return selection }
        for name in solver.essentialNames {
            for candidate in candidates[name] ?? [] { selection.chooseWhole(candidate.id, in: candidate.part) }
        }
        return selection
    }

    /// How many types and members the comparisons may look at before no more is taken back; real kernels stay far below.
    private static var shrinkingLimit: Int { 1 << 25 }

    /// Takes back all that can go, in ever smaller portions, while the proof holds and the BTF stays a sound one.
    ///
    /// Types made to explode end it early: what is left then is proven, but more than is needed.
    ///
    /// - Parameters:
    ///   - selection: what is proven.
    ///   - usual: what was not enough; the rest is named with its reason, save types that only a member needs.
    ///   - areAlikesMerged: whether types that have become alike are made one.
    /// - Returns: what cannot be taken back, and what of that is unusual.
    /// - Throws: `MinimizationError` when the types cannot be written.
    private func shrink(
        _ selection: TypeSelection<Source>,
        beyond usual: TypeSelection<Source>,
        areAlikesMerged: Bool
    ) throws(MinimizationError) -> (least: TypeSelection<Source>, additions: [ProofAddition]) {
        let usual = Set(usual.parts)
        let isSound = try attempt(selection, areAlikesMerged: areAlikesMerged).minimized.isSound
        var least = selection
        var additions: [ProofAddition] = []
        var portion = selection.parts.count
        var work = 0
        while work < Self.shrinkingLimit {
            let parts = least.parts
            additions = []
            var hasChanged = false
            for start in stride(from: 0, to: parts.count, by: portion) where work < Self.shrinkingLimit {
                let some = parts[start..<min(start + portion, parts.count)]
                var smaller = least
                smaller.remove(some)
                let attempt = try attempt(smaller, areAlikesMerged: areAlikesMerged)
                // Building costs something too, whatever is compared.
                work += smaller.order.count + attempt.proof.logs.values.reduce(0) { $0 + $1.work }
                if let difference = attempt.proof.difference {
                    if portion == 1 {
                        additions += some.filter { !usual.contains($0) }.map { addition($0, because: difference) }
                    }
                } else if attempt.minimized.isSound || !isSound {
                    (least, hasChanged) = (smaller, true)
                }
            }
            if portion == 1, !hasChanged { break }
            portion = max(1, portion / 2)
        }
        return (least, additions)
    }

    private func addition(_ part: SelectedPart, because difference: Proof.Difference) -> ProofAddition {
        let types = kernel.types(of: part.type.part)
        var text = types.describe(part.type.id)
        if let member = part.member {
            let name = types.string(at: types.members(of: part.type.id)[member].name, limit: 1024)
            text += "." + (name.isEmpty ? "<anonymous>" : name)
        }
        return ProofAddition(
            part: text,
            module: part.type.part.map { kernel.modules[$0].name },
            rules: difference.rules,
            object: difference.record.object,
            location: difference.record.location,
            reason: difference.reason
        )
    }
}

extension KernelTypes {
    /// Whether no part breaks a rule of the format.
    fileprivate var isSound: Bool { ([vmlinux] + modules.map(\.types)).allSatisfy { $0.verify(limit: 1).isEmpty } }
}

extension TypeSelection {
    /// Chooses what a relocation needs of the type that it is resolved to.
    fileprivate mutating func choose(_ target: RelocationRecord.Target, for kind: RelocationKind) {
        switch kind {
        case .typeIDLocal: return
        case .typeMatches: chooseMatch(target.typeID, target.matched, in: target.part)
        case .typeIDTarget, .typeExists, .typeSize:
            chooseType(target.typeID, in: target.part, followingPointers: true)
        case .enumeratorExists, .enumeratorValue:
            chooseType(target.typeID, in: target.part, followingPointers: false)
        case .fieldByteOffset, .fieldByteSize, .fieldExists, .fieldSigned, .fieldLeftShift, .fieldRightShift:
            choosePath(target.steps, from: target.typeID, in: target.part)
        }
    }
}
