public import KernelIdentity
public import Minimizer

/// Whether some programs load on some kernels, and why not.
public struct CompatibilityReport: Sendable {
    /// What becomes of the programs on a kernel, from good to bad.
    public enum Result: String, CaseIterable, Comparable, Hashable, Sendable {
        /// They load.
        case loads
        /// They load if the checks in them do what they seem to be for.
        case guarded
        /// They do not load.
        case fails
        /// The kernel's BTF cannot be read.
        case unknown

        /// Orders results from good to bad.
        public static func < (left: Result, right: Result) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    /// A relocation that does not resolve.
    public struct Finding: Hashable, Sendable {
        /// Which one, by its place among all relocations.
        public let index: Int
        /// How a loader decides.
        public let outcome: RelocationRecord.Outcome
        /// What that means for the program.
        public let verdict: RelocationVerdict
        /// Why, on the first kernel with this answer.
        public let reason: String?
    }

    /// A module whose types relocations come to.
    public struct ModuleUser: Hashable, Sendable {
        /// The module's name.
        public let module: String
        /// The relocations, by their places among all.
        public let relocations: [Int]
    }

    /// What the programs come to on some kernels: what does not resolve there, and what rests on modules.
    public struct Answer: Sendable {
        /// The relocations that do not resolve, in the order of the requests.
        public let findings: [Finding]
        /// The modules that have what is asked for, by name: a loader that takes the types of the running kernel finds it
        /// while they are loaded.
        public let modules: [ModuleUser]

        /// The findings that a person has to know of: those that keep the programs from loading, or may.
        public var problems: [Finding] { findings.filter { $0.verdict == .fatal || $0.verdict == .guarded } }

        /// What becomes of the programs.
        public var result: Result {
            if findings.contains(where: { $0.verdict == .fatal }) { return .fails }
            return findings.contains { $0.verdict == .guarded } ? .guarded : .loads
        }
    }

    /// A kernel and its answer.
    public struct Entry: Sendable {
        /// The kernel, of the store or in a file.
        public let subject: CheckSubject
        /// Which answer is the kernel's; nil where it cannot be read.
        public let answer: Int?
        /// Why the kernel cannot be read.
        public let reason: String?
        /// Whether the types of its modules were at hand.
        public let hasModules: Bool
    }

    /// Whose rules decide.
    public let decidingRules: LoaderRules
    /// What a loader gets of the kernels' modules.
    public let moduleUse: ModuleUse
    /// The programs, by the last parts of their paths.
    public let objects: [ObjectRequests]
    /// The local side of every relocation, in the order of the requests.
    public let relocations: [RelocationRecord]
    /// The different answers, in the order of the first kernels that have them.
    public private(set) var answers: [Answer] = []
    /// The kernels, in their order.
    public private(set) var entries: [Entry] = []

    private let verdicts: VerdictRules
    private var numbers: [Key: Int] = [:]

    /// What makes answers equal: reasons name types by ids, which differ from kernel to kernel.
    private struct Key: Hashable {
        struct Problem: Hashable {
            let index: Int
            let outcome: RelocationRecord.Outcome
            let outcomes: [Int: RelocationRecord.Outcome]?
        }

        let problems: [Problem]
        let modules: [ModuleUser]
    }

    /// Makes an empty report.
    init(of requests: RelocationRequestLog, by rules: LoaderRules, _ modules: ModuleUse) throws {
        let relocations = try ProgramRelocations(of: requests).relocations
        objects = requests.objects
        self.relocations = relocations.map(\.record)
        decidingRules = rules
        moduleUse = modules
        verdicts = VerdictRules(requests, relocations)
    }

    /// Adds a kernel.
    mutating func add(_ subject: CheckSubject, _ answer: KernelSolver.Answer, hasModules: Bool = false) {
        switch answer {
        case .unreadable(let reason):
            entries.append(Entry(subject: subject, answer: nil, reason: reason, hasModules: hasModules))
        case .solution(let solution):
            let unresolved = solution.unresolved[decidingRules] ?? []
            let modules = solution.modules.compactMap { module in
                module.relocations[decidingRules].map { ModuleUser(module: module.name, relocations: $0) }
            }
            let problems = unresolved.map { Key.Problem(index: $0.index, outcome: $0.outcome, outcomes: $0.outcomes) }
            let key = Key(problems: problems, modules: modules)
            let number = numbers[key] ?? answers.count
            if number == answers.count {
                numbers[key] = number
                let findings = zip(unresolved, verdicts.verdicts(on: unresolved)).map { unresolved, verdict in
                    Finding(
                        index: unresolved.index,
                        outcome: unresolved.outcome,
                        verdict: verdict,
                        reason: unresolved.reason
                    )
                }
                answers.append(Answer(findings: findings, modules: modules))
            }
            entries.append(Entry(subject: subject, answer: number, reason: nil, hasModules: hasModules))
        }
    }

    /// What becomes of the programs on a kernel.
    public func result(of entry: Entry) -> Result { entry.answer.map { answers[$0].result } ?? .unknown }

    /// The worst result of all.
    public var result: Result { entries.map(result).max() ?? .loads }
}

/// A kernel that programs are checked on.
public enum CheckSubject: Hashable, Sendable, CustomStringConvertible {
    /// A kernel of the store.
    case kernel(KernelName)
    /// A file of BTF.
    case file(String)

    /// The kernel's name or the file's path.
    public var description: String {
        switch self {
        case .kernel(let name): name.description
        case .file(let path): path
        }
    }
}
