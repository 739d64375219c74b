import BTF

/// The solving of one object's relocations by libbpf's rules, in their order.
///
/// Source: libbpf's `bpf_core_calc_relo_insn` and `bpf_core_patch_insn`.
struct LibbpfSolution<Source: TypeSource> {
    let object: PreparedObject
    let kernel: KernelTypeSources<Source>
    let named: [[UInt8]: [Candidate]]
    /// The candidates that are left for a root type. A relocation that only some of them match leaves those for the
    /// later relocations of the same root, as libbpf's cache of candidates does.
    private var left: [TypeID: [Candidate]] = [:]
    private(set) var budget: WorkBudget

    init(object: PreparedObject, kernel: KernelTypeSources<Source>, named: [[UInt8]: [Candidate]]) {
        self.object = object
        self.kernel = kernel
        self.named = named
        budget = WorkBudget(relocations: object.relocations.count)
    }

    /// One record for each relocation.
    mutating func records() -> [RelocationRecord] { object.relocations.map { solve($0) } }

    private mutating func solve(_ relocation: PreparedRelocation) -> RelocationRecord {
        do throws(Refusal) {
            return try decide(relocation)
        } catch {
            return record(relocation, [], .refused, error.reason)
        }
    }

    private mutating func decide(_ relocation: PreparedRelocation) throws(Refusal) -> RelocationRecord {
        let kind = relocation.request.kind
        let spec = try relocation.spec.get()
        let localValue = try relocation.value.get()
        if kind == .typeIDLocal { return record(relocation, [], .resolved) }
        guard relocation.needsCandidates else {
            throw Refusal("the root type has no name to search the kernel's types by")
        }
        let root = relocation.request.root
        let candidates =
            left[root]
            ?? compatible(named[relocation.essentialName] ?? [], with: object.types.kind(of: root))
        let matches = try matches(for: spec, kind, among: candidates)
        guard let first = matches.first else {
            left[root] = candidates
            let isPoisoned = !kind.isQuestion && kind.subject != .type
            return record(relocation, [], isPoisoned ? .poisoned : .absent)
        }
        if let odd = matches.first(where: { $0.spec.bitOffset != first.spec.bitOffset || $0.value != first.value }) {
            left[root] = candidates
            return record(relocation, matches, .ambiguous, disagreement(first, odd, kind))
        }
        left[root] = matches.map(\.candidate)
        if let problem = patchingProblem(relocation.request, from: localValue, to: first) {
            return record(relocation, matches, problem.outcome, problem.reason)
        }
        return record(relocation, matches, .resolved)
    }

    /// The candidates that a local type of some kind can stand for: those of modules only where vmlinux has none.
    ///
    /// Source: libbpf's `bpf_core_find_cands`.
    private func compatible(_ candidates: [Candidate], with kind: Kind) -> [Candidate] {
        let fitting = candidates.filter { kind.isRelocatable(to: kernel.types(of: $0.part).kind(of: $0.id)) }
        let own = fitting.filter { $0.part == nil }
        return own.isEmpty ? fitting : own
    }

    private mutating func matches(
        for spec: AccessSpec,
        _ kind: RelocationKind,
        among candidates: [Candidate]
    ) throws(Refusal) -> [Match] {
        var matches: [Match] = []
        for candidate in candidates {
            let target = kernel.types(of: candidate.part)
            var comparison = TypeComparison(
                local: object.types,
                target: target,
                pointerSize: kernel.pointerSize,
                budget: budget
            )
            // What was spent in vain counts too.
            defer { budget = comparison.budget }
            guard let found = try comparison.counterpart(of: spec, kind, root: candidate.id) else { continue }
            let calculation = ValueCalculation(
                types: target,
                pointerSize: kernel.pointerSize,
                byteOrder: kernel.vmlinux.byteOrder
            )
            let result = try calculation.value(of: kind, at: found)
            matches.append(Match(candidate: candidate, spec: found, result: result, matched: comparison.matched))
        }
        return matches
    }

    /// Says how two candidates disagree; without their ids, which differ from kernel to kernel.
    private func disagreement(_ one: Match, _ other: Match, _ kind: RelocationKind) -> String {
        let names = [one, other].map { kernel.types(of: $0.candidate.part).describe($0.candidate.id) }
        let both = names[0] == names[1] ? "two types \(names[0])" : names.joined(separator: " and ")
        if one.spec.bitOffset != other.spec.bitOffset {
            return "\(both) have the field at different offsets: "
                + "bits \(one.spec.bitOffset) and \(other.spec.bitOffset)"
        }
        return kind == .typeIDTarget
            ? "\(both) have different ids" : "\(both) give different values: \(one.value) and \(other.value)"
    }

    /// What keeps a load or store from being patched although the field is there.
    ///
    /// Source: libbpf's `bpf_core_calc_relo` on memory sizes, and `bpf_core_patch_insn`.
    private func patchingProblem(
        _ request: RelocationRequest,
        from local: RelocationValue,
        to match: Match
    ) -> (outcome: RelocationRecord.Outcome, reason: String)? {
        guard request.isMemoryAccess else { return nil }
        guard match.value <= Int16.max else {
            return (.refused, "offset \(match.value) does not fit a load or store")
        }
        guard request.kind == .fieldByteOffset, let one = local.load, let other = match.result.load,
            one.size != other.size
        else { return nil }
        guard canLoad(one.type, as: other.type, in: kernel.types(of: match.candidate.part)) else {
            return (.poisoned, "a field of \(one.size) bytes cannot be loaded from one of \(other.size)")
        }
        guard [1, 2, 4, 8].contains(other.size) else {
            return (.refused, "no instruction loads \(other.size) bytes")
        }
        return nil
    }

    /// Pointers and unsigned integers may change their size: the upper bits are zeros.
    private func canLoad(_ local: TypeID, as target: TypeID, in targets: Source) -> Bool {
        if object.types.kind(of: local) == .pointer, targets.kind(of: target) == .pointer { return true }
        guard let one = object.types.integer(local), let other = targets.integer(target) else { return false }
        return one.encoding != .signed && other.encoding != .signed
    }

    private func record(
        _ relocation: PreparedRelocation,
        _ matches: [Match],
        _ outcome: RelocationRecord.Outcome,
        _ reason: String? = nil
    ) -> RelocationRecord {
        relocation.record(of: object, on: kernel, matches, outcome, reason)
    }
}

extension TypeComparison {
    /// The target's path that answers a relocation, or nil where a candidate does not match.
    mutating func counterpart(
        of spec: AccessSpec,
        _ kind: RelocationKind,
        root: TypeID
    ) throws(Refusal) -> AccessSpec? {
        switch kind.subject {
        case .field:
            return try find(spec, root: root)
        case .type:
            let isMatch =
                kind == .typeMatches ? try matches(spec.root, root) : try areCompatible(spec.root, root)
            return isMatch ? AccessSpec(root: root) : nil
        case .enumerator:
            return try findEnumerator(spec, root: root)
        }
    }

    /// Source: the part for enumerators of libbpf's `bpf_core_spec_match`.
    private mutating func findEnumerator(_ spec: AccessSpec, root: TypeID) throws(Refusal) -> AccessSpec? {
        let id = try target.unqualified(root).id
        guard let enumeration = target.enumeration(id), let name = spec.accessors.first?.name else { return nil }
        let wanted = EssentialName.of(local.bytes(at: name))
        for (index, enumerator) in enumeration.enumerators.enumerated() {
            try budget.spend()
            guard EssentialName.of(target.bytes(at: enumerator.name)).elementsEqual(wanted) else { continue }
            var found = AccessSpec(root: root)
            try found.append(step: UInt32(index))
            found.accessors.append(.init(type: id, index: UInt32(index), name: enumerator.name))
            return found
        }
        return nil
    }
}
