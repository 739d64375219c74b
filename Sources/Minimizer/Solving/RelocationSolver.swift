public import BTF

/// Decides about relocations as loaders do.
///
/// Made once for some objects, it solves for any number of kernels.
public struct RelocationSolver: Sendable {
    let objects: [PreparedObject]
    /// The essential names of all root types, each once, in the order of their bytes.
    public let essentialNames: [[UInt8]]
    /// The kinds of all root types that are searched for.
    public let rootKinds: Set<Kind>
    /// The names of all members that relocations look for; nil where one compares types with all of their members.
    ///
    /// Of a kernel's structs and unions, what relocations come to depends on the members of these names alone, on those
    /// without a name, on their order, and on which is the last of all.
    public let memberNames: Set<[UInt8]>?

    /// Prepares to solve.
    ///
    /// - Parameter requests: what some objects ask for.
    public init(_ requests: RelocationRequestLog) {
        objects = requests.objects.map(PreparedObject.init)
        let names = Set(objects.flatMap { $0.relocations.filter(\.needsCandidates).map(\.essentialName) })
        rootKinds = Set(
            objects.flatMap { object in
                object.relocations.filter(\.needsCandidates).map { object.types.kind(of: $0.request.root) }
            }
        )
        essentialNames = names.sorted { $0.lexicographicallyPrecedes($1) }
        let comparesMembers = objects.contains { $0.relocations.contains { $0.request.kind == .typeMatches } }
        memberNames = comparesMembers ? nil : Set(objects.flatMap(\.memberNames))
    }

    /// Solves every relocation for one kernel.
    ///
    /// - Parameters:
    ///   - kernel: the kernel's types.
    ///   - rules: whose rules decide.
    /// - Returns: one record for each relocation, in the order of the requests.
    public func solve<Source>(
        on kernel: KernelTypeSources<Source>,
        by rules: LoaderRules = .libbpf
    ) -> RelocationLog {
        solve(on: kernel, by: rules, named: candidates(on: kernel))
    }

    /// Solves every relocation for one kernel, and tells what of the kernel that rests on.
    ///
    /// - Parameters:
    ///   - kernel: the kernel's types.
    ///   - rules: whose rules decide.
    /// - Returns: one record for each relocation, in the order of the requests, and the types that were read for them.
    public func solveNotingTypes<Source>(
        on kernel: KernelTypeSources<Source>,
        by rules: LoaderRules = .libbpf
    ) -> (log: RelocationLog, touched: TouchedTypes) {
        let recorded = kernel.recorded
        let log = solve(on: recorded, by: rules)
        return (log, TouchedTypes(essentialNames: essentialNames, readOf: recorded))
    }

    /// Whether some of a module's own types may answer a relocation, so that solving depends on the module.
    ///
    /// - Parameter module: the module's split BTF.
    /// - Returns: whether a root type of the relocations may stand for one of them.
    public func concerns(_ module: BTF) -> Bool {
        let found = module.ids(withEssentialNames: essentialNames, ofKinds: KernelTypes.candidateKinds)
        return found.contains { !$0.isEmpty }
    }

    /// The types of any kind that have the root types' essential names.
    func candidates<Source>(on kernel: KernelTypeSources<Source>) -> [[UInt8]: [Candidate]] {
        kernel.candidates(named: essentialNames)
    }

    func solve<Source>(
        on kernel: KernelTypeSources<Source>,
        by rules: LoaderRules,
        named candidates: [[UInt8]: [Candidate]]
    ) -> RelocationLog {
        // Each object is loaded on its own.
        var records: [RelocationRecord] = []
        var work = 0
        for object in objects {
            switch rules {
            case .libbpf:
                var solution = LibbpfSolution(object: object, kernel: kernel, named: candidates)
                records += solution.records()
                work += solution.budget.spent
            case .cilium:
                var solution = CiliumSolution(object: object, kernel: kernel, named: candidates)
                records += solution.records()
                work += solution.budget.spent
            }
        }
        return RelocationLog(records: records, work: work)
    }
}

extension PreparedRelocation {
    /// Whether the kernel's types have to be searched; those for an anonymous root cannot be.
    var needsCandidates: Bool { request.kind != .typeIDLocal && !essentialName.isEmpty }
}

/// A type of the kernel that has what a relocation asks for.
struct Match {
    let candidate: Candidate
    /// Where in the type it is.
    let spec: AccessSpec
    let result: RelocationValue
    /// The members that a match as a whole rests on.
    var matched = MatchedMembers()

    var value: UInt64 { result.value }
}

extension PreparedRelocation {
    /// The log's record of a decision.
    func record<Source>(
        of object: PreparedObject,
        on kernel: KernelTypeSources<Source>,
        _ matches: [Match],
        _ outcome: RelocationRecord.Outcome,
        _ reason: String? = nil
    ) -> RelocationRecord {
        RelocationRecord(
            object: object.object,
            location: request.location,
            kind: request.kind,
            local: local,
            targets: matches.map { match in
                let types = kernel.types(of: match.candidate.part)
                return RelocationRecord.Target(
                    module: match.candidate.part.map { kernel.modules[$0].name },
                    root: types.describe(match.candidate.id),
                    typeID: match.candidate.id,
                    steps: match.spec.steps,
                    path: match.spec.path(in: types, kind: request.kind),
                    bitOffset: match.spec.bitOffset,
                    value: match.value,
                    part: match.candidate.part,
                    matched: match.matched
                )
            },
            outcome: outcome,
            reason: reason
        )
    }
}

extension PreparedObject {
    /// The names of the members on the paths of all relocations.
    fileprivate var memberNames: [[UInt8]] {
        relocations.filter { $0.request.kind.subject == .field }.flatMap { relocation in
            let accessors = (try? relocation.spec.get().accessors) ?? []
            return accessors.compactMap(\.name).map { Array(types.bytes(at: $0)) }
        }
    }
}
