internal import Minimizer

/// What becomes of a program on a kernel that does not have what a relocation asks for.
public enum RelocationVerdict: String, Codable, CaseIterable, Hashable, Sendable {
    /// The program is told so and goes on: an existence check that answers no, or a size or id of 0.
    case answered
    /// The instruction is made invalid, and an answer to an existence check keeps it from running; the loader takes the
    /// program.
    case unreachable
    /// The instruction is made invalid, and the same function checks for just what is missing; that it does not run is
    /// not shown.
    case guarded
    /// The program does not load: the instruction is made invalid and nothing keeps it from running, or the loader gives
    /// up on the object.
    case fatal
}

/// Finds the verdicts for relocations that do not resolve; docs/check.md defines them.
struct VerdictRules {
    private let requests: [RelocationRequest]
    private let relocations: [ProgramRelocations.Relocation]
    /// The place of each object's first relocation.
    private var firsts: [Int] = []

    init(_ log: RelocationRequestLog, _ relocations: [ProgramRelocations.Relocation]) {
        self.relocations = relocations
        requests = log.objects.flatMap(\.requests)
        var first = 0
        for object in log.objects {
            firsts.append(first)
            first += object.requests.count
        }
    }

    /// The verdict on each relocation of a solution that does not resolve.
    func verdicts(of solution: KernelSolution) -> [RelocationVerdict] {
        let outcomes = Dictionary(solution.unresolved.map { ($0.index, $0.outcome) }) { first, _ in first }
        return solution.unresolved.map { verdict(of: $0, outcomes) }
    }

    private func verdict(
        of unresolved: KernelSolution.Unresolved,
        _ outcomes: [Int: RelocationRecord.Outcome]
    ) -> RelocationVerdict {
        switch unresolved.outcome {
        case .resolved, .absent: return .answered
        case .ambiguous, .refused: return .fatal
        case .poisoned:
            let first = firsts[relocations[unresolved.index].object]
            let isUnreachable = requests[unresolved.index].guards.contains { found in
                switch outcomes[first + found.question] {
                case nil: found.answer
                case .absent: !found.answer
                default: false
                }
            }
            if isUnreachable { return .unreachable }
            let isGuarded = outcomes.contains { index, outcome in
                outcome == .absent && requests[index].kind.isQuestion && isCovered(unresolved.index, by: index)
            }
            return isGuarded ? .guarded : .fatal
        }
    }

    /// Whether a check of the same function asks for what a relocation needs: the same field or one on the way to it, the
    /// root type, or the same enumerator.
    private func isCovered(_ index: Int, by question: Int) -> Bool {
        let (one, check) = (relocations[index], relocations[question])
        guard one.object == check.object, one.record.location.section == check.record.location.section,
            one.record.location.function == check.record.location.function,
            one.record.local.root == check.record.local.root
        else { return false }
        let (path, asked) = (one.record.local.access, check.record.local.access)
        switch check.record.kind {
        case .typeExists, .typeMatches: return true
        case .fieldExists: return one.record.kind.subject == .field && (path + ":").hasPrefix(asked + ":")
        case .enumeratorExists: return one.record.kind.subject == .enumerator && path == asked
        default: return false
        }
    }
}
