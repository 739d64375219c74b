import BTF

/// The solving of one object's relocations by cilium/ebpf's rules.
///
/// All relocations of one local type in one program are settled together: the kernel's type that leaves the fewest of them without an
/// answer is taken for all. Types of any kind with the same essential name are tried, vmlinux's and modules' alike.
///
/// Source: cilium/ebpf's `CORERelocate`, `coreCalculateFixups` and `COREFixup.Apply`.
struct CiliumSolution<Source: TypeSource> {
    let object: PreparedObject
    let kernel: KernelTypeSources<Source>
    let named: [[UInt8]: [Candidate]]
    private(set) var budget: WorkBudget

    init(object: PreparedObject, kernel: KernelTypeSources<Source>, named: [[UInt8]: [Candidate]]) {
        self.object = object
        self.kernel = kernel
        self.named = named
        budget = WorkBudget(relocations: object.relocations.count)
    }

    /// One record for each relocation.
    mutating func records() -> [RelocationRecord] {
        var settled = [[(program: Int, record: RelocationRecord)]](repeating: [], count: object.relocations.count)
        for (number, program) in object.programs.enumerated() {
            // In the order of first use, so that the same object gives the same log.
            var groups: [[Int]] = []
            var places: [TypeID: Int] = [:]
            for index in program where object.relocations[index].request.kind != .typeIDLocal {
                let root = object.relocations[index].request.root
                if let place = places[root] {
                    groups[place].append(index)
                } else {
                    places[root] = groups.count
                    groups.append([index])
                }
            }
            for group in groups {
                for (index, record) in zip(group, settle(group.map { object.relocations[$0] })) {
                    settled[index].append((number, record))
                }
            }
        }
        return zip(object.relocations, settled).map { relocation, records in
            RelocationRecord(joining: records) ?? undecided(relocation)
        }
    }

    /// The record of what no candidate is looked at for: an id of the object's own, and what is in no program.
    private func undecided(_ relocation: PreparedRelocation) -> RelocationRecord {
        relocation.request.kind == .typeIDLocal
            ? record(relocation, [], .resolved) : record(relocation, [], .refused, "it is in no program")
    }

    /// What becomes of one relocation on one candidate.
    private enum Fixup {
        case found(Match, local: UInt64)
        /// The candidate does not have what is asked for.
        case missing
        /// The loader gives up.
        case failure(Refusal)

        var match: Match? { if case .found(let match, _) = self { match } else { nil } }
    }

    private mutating func settle(_ group: [PreparedRelocation]) -> [RelocationRecord] {
        guard let name = group.first?.essentialName, !name.isEmpty else {
            return group.map { record($0, [], .refused, "the root type has no name to search the kernel's types by") }
        }
        var best: [Fixup]?
        var bestScore = group.count
        // By place in the group: a relocation that makes the loader give up on the whole object.
        var refusals: [Int: String] = [:]
        var rivals: [Int: Match] = [:]
        for candidate in named[name] ?? [] {
            let fixups = group.map { fixup($0, candidate) }
            for (index, fixup) in fixups.enumerated() {
                if case .failure(let refusal) = fixup, refusals[index] == nil { refusals[index] = refusal.reason }
            }
            let score = fixups.count { $0.match == nil }
            if score < bestScore {
                (best, bestScore) = (fixups, score)
            } else if score == bestScore, let best {
                for (index, (one, other)) in zip(best, fixups).enumerated() where rivals[index] == nil {
                    if !agree(one, other, group[index].request.kind), let rival = other.match ?? one.match {
                        rivals[index] = rival
                    }
                }
            }
        }
        return group.enumerated().map { index, relocation in
            decide(relocation, best?[index] ?? .missing, refusal: refusals[index], rival: rivals[index])
        }
    }

    private func decide(
        _ relocation: PreparedRelocation,
        _ fixup: Fixup,
        refusal: String?,
        rival: Match?
    ) -> RelocationRecord {
        let kind = relocation.request.kind
        if let refusal { return record(relocation, [fixup.match].compactMap(\.self), .refused, refusal) }
        if let rival {
            let name = kernel.types(of: rival.candidate.part).describe(rival.candidate.id)
            let reason = "another \(name) answers as many of the local type's relocations, and differently"
            return record(relocation, [fixup.match, rival].compactMap(\.self), .ambiguous, reason)
        }
        guard let match = fixup.match else { return record(relocation, [], kind.isQuestion ? .absent : .poisoned) }
        if let reason = patchingProblem(relocation.request, match.value) {
            return record(relocation, [match], .refused, reason)
        }
        return record(relocation, [match], .resolved)
    }

    /// Whether two candidates give the same instruction, the value that is expected in it before included.
    private func agree(_ one: Fixup, _ other: Fixup, _ kind: RelocationKind) -> Bool {
        values(one, kind) == values(other, kind)
    }

    private func values(_ fixup: Fixup, _ kind: RelocationKind) -> [UInt64] {
        if case .found(let match, let local) = fixup { return [local, match.value] }
        return kind.isQuestion ? [1, 0] : [0, 0]
    }

    private func patchingProblem(_ request: RelocationRequest, _ value: UInt64) -> String? {
        guard let opcode = request.opcode else { return nil }
        if request.isMemoryAccess, value > Int16.max { return "offset \(value) does not fit a load or store" }
        let isArithmetic = opcode & 7 == 4 || opcode & 7 == 7
        if isArithmetic, value > Int32.max { return "value \(value) does not fit an arithmetic instruction" }
        return nil
    }

    private mutating func fixup(_ relocation: PreparedRelocation, _ candidate: Candidate) -> Fixup {
        var comparison = CiliumComparison(
            local: object.types,
            target: kernel.types(of: candidate.part),
            byteOrder: kernel.vmlinux.byteOrder,
            budget: budget
        )
        defer { budget = comparison.budget }
        do throws(Refusal) {
            guard let found = try comparison.answer(relocation, on: candidate.id) else { return .missing }
            // Instructions name types of the first BTF only.
            if relocation.request.kind == .typeIDTarget, candidate.part != nil, !kernel.isMerged { return .missing }
            let match = Match(
                candidate: candidate,
                spec: found.spec,
                result: RelocationValue(value: found.value),
                matched: comparison.matched
            )
            return .found(match, local: found.local)
        } catch {
            return .failure(error)
        }
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

extension RelocationRecord {
    /// Joins what a relocation comes to in several programs; the worst of it is what people are shown.
    fileprivate init?(joining records: [(program: Int, record: RelocationRecord)]) {
        guard var joined = records.first?.record else { return nil }
        for (_, other) in records.dropFirst() where other.outcome != joined.outcome || other.targets != joined.targets {
            let isWorse = joined.outcome.severity < other.outcome.severity
            let (worse, better) = isWorse ? (other, joined) : (joined, other)
            joined = RelocationRecord(
                object: joined.object,
                location: joined.location,
                kind: joined.kind,
                local: joined.local,
                targets: worse.targets + better.targets.filter { !worse.targets.contains($0) },
                outcome: worse.outcome,
                reason: worse.reason
            )
        }
        let decisions = records.map { Decision(program: $0, outcome: $1.outcome, value: $1.value) }
        if decisions.contains(where: { $0.outcome != decisions[0].outcome || $0.value != decisions[0].value }) {
            joined.decisions = decisions
        }
        self = joined
    }
}

extension RelocationRecord.Outcome {
    /// How bad it is for the program, the worst last.
    fileprivate var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
