public import Minimizer

/// What some programs come to on a kernel, and on every other kernel on which what they touch is the same.
///
/// It says which relocations do not resolve and which rest on modules, and names the minimised BTF; all else about a
/// relocation is in the requests. `RelocationSolver` gives the whole log of a kernel.
public struct KernelSolution: Codable, Hashable, Sendable {
    /// A relocation that does not resolve.
    public struct Unresolved: Codable, Hashable, Sendable {
        /// Which one, by its place among all relocations of the request log.
        public let index: Int
        /// How a loader decides.
        public let outcome: RelocationRecord.Outcome
        /// Why, where the log says so.
        public let reason: String?
        /// How it decides in each program that shares the function, by the program's place among the object's, where that
        /// differs; `outcome` is then the worst.
        public let outcomes: [Int: RelocationRecord.Outcome]?

        /// How a loader decides in one of the object's programs.
        func outcome(in program: Int?) -> RelocationRecord.Outcome { program.flatMap { outcomes?[$0] } ?? outcome }
    }

    /// A module whose types relocations come to.
    public struct Module: Codable, Hashable, Sendable {
        /// The module's name.
        public let name: String
        /// The SHA-256 of its minimised split BTF in hexadecimal; nil where it has none of its own.
        public let btf: String?
        /// The relocations that come to a type of it, by their places, by whose rules.
        public let relocations: [LoaderRules: [Int]]
    }

    /// The relocations that do not resolve, in the order of the requests, by whose rules.
    public let unresolved: [LoaderRules: [Unresolved]]
    /// The modules whose types relocations come to, in the order of their names.
    public let modules: [Module]
    /// The SHA-256 of the minimised BTF in hexadecimal; nil where none can be made.
    public let btf: String?
    /// Why no minimised BTF can be made; nil where one is.
    public let failure: String?

    /// The digests of all minimised BTF that it names.
    var digests: [String] { [btf].compactMap(\.self) + modules.compactMap(\.btf) }

    init(
        _ logs: [LoaderRules: RelocationLog],
        btf: String?,
        modules: [String: String?] = [:],
        failure: String?
    ) {
        unresolved = logs.mapValues { log in
            log.records.enumerated().compactMap { Unresolved($0, $1) }
        }
        let users = logs.mapValues { log in
            var users: [String: [Int]] = [:]
            for (index, record) in log.records.enumerated() {
                if let module = record.target?.module { users[module, default: []].append(index) }
            }
            return users
        }
        let names = Set(modules.keys).union(users.values.flatMap(\.keys))
        self.modules = names.sorted().map { name in
            Module(name: name, btf: modules[name] ?? nil, relocations: users.compactMapValues { $0[name] })
        }
        self.btf = btf
        self.failure = failure
    }
}

extension KernelSolution.Unresolved {
    /// Describes a record that does not resolve; nil for one that does.
    fileprivate init?(_ index: Int, _ record: RelocationRecord) {
        guard record.outcome != .resolved else { return nil }
        let outcomes = Dictionary(uniqueKeysWithValues: record.decisions.map { ($0.program, $0.outcome) })
        self.init(
            index: index,
            outcome: record.outcome,
            reason: record.reason,
            outcomes: outcomes.isEmpty ? nil : outcomes
        )
    }
}

extension RelocationRecord.Outcome: Codable {}
extension LoaderRules: Codable, CodingKeyRepresentable {}
