internal import Minimizer

/// What becomes of a program on a kernel that does not have what a relocation asks for.
public enum RelocationVerdict: String, Codable, CaseIterable, Comparable, Hashable, Sendable {
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

    /// Orders verdicts from good to bad.
    public static func < (left: Self, right: Self) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}

/// Finds the verdicts for relocations that do not resolve; docs/check.md defines them.
struct VerdictRules {
    private typealias Unresolved = KernelSolution.Unresolved

    private let requests: [RelocationRequest]
    private let relocations: [ProgramRelocations.Relocation]
    /// The place of each object's first relocation.
    private var firsts: [Int] = []
    /// The programs of each object, as the places of their relocations among the object's.
    private let programs: [[Set<Int>]]

    init(_ log: RelocationRequestLog, _ relocations: [ProgramRelocations.Relocation]) {
        self.relocations = relocations
        requests = log.objects.flatMap(\.requests)
        programs = log.objects.map { $0.programs.map(Set.init) }
        var first = 0
        for object in log.objects {
            firsts.append(first)
            first += object.requests.count
        }
    }

    /// The verdict on each of a kernel's relocations that do not resolve.
    func verdicts(on unresolved: [KernelSolution.Unresolved]) -> [RelocationVerdict] {
        let known = Dictionary(unresolved.map { ($0.index, $0) }) { first, _ in first }
        return unresolved.map { verdict(on: $0, known) }
    }

    /// The worst verdict of all programs that the relocation is in. Those in which it and the checks come to the same need
    /// no look of their own.
    private func verdict(on unresolved: Unresolved, _ known: [Int: Unresolved]) -> RelocationVerdict {
        let object = relocations[unresolved.index].object
        let place = unresolved.index - firsts[object]
        let isMixed = known.values.contains { $0.outcomes != nil }
        let places: [Int?] = isMixed ? programs[object].indices.filter { programs[object][$0].contains(place) } : [nil]
        return places.map { verdict(on: unresolved, known, in: $0) }.max() ?? .fatal
    }

    private func verdict(
        on unresolved: Unresolved,
        _ known: [Int: Unresolved],
        in program: Int?
    ) -> RelocationVerdict {
        switch unresolved.outcome(in: program) {
        case .resolved, .absent: return .answered
        case .ambiguous, .refused: return .fatal
        case .poisoned:
            let first = firsts[relocations[unresolved.index].object]
            let isUnreachable = requests[unresolved.index].guards.contains { found in
                switch known[first + found.question]?.outcome(in: program) {
                case nil, .resolved: found.answer
                case .absent: !found.answer
                default: false
                }
            }
            if isUnreachable { return .unreachable }
            let isGuarded = known.values.contains { other in
                other.outcome(in: program) == .absent && requests[other.index].kind.isQuestion
                    && isCovered(unresolved.index, by: other.index)
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
