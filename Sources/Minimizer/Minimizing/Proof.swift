import BTF

/// Solves relocations again on a minimised BTF, by the rules of every loader, and compares.
struct Proof {
    /// A relocation that comes to something else.
    struct Difference {
        let rules: LoaderRules
        let record: RelocationRecord
        let reason: String
    }

    /// What the relocations come to on the minimised BTF.
    let logs: [LoaderRules: RelocationLog]
    /// The first relocation that comes to something else, or nil when all is proven.
    let difference: Difference?

    init(of logs: [LoaderRules: RelocationLog], on minimized: KernelTypes, with solver: RelocationSolver) {
        let candidates = solver.candidates(on: minimized)
        var again: [LoaderRules: RelocationLog] = [:]
        var difference: Difference?
        for rules in LoaderRules.allCases where difference == nil {
            let log = solver.solve(on: minimized, by: rules, named: candidates)
            difference =
                zip(logs[rules]?.records ?? [], log.records).lazy
                .compactMap { Self.difference($0, $1, rules) }.first
            again[rules] = log
        }
        self.logs = again
        self.difference = difference
    }

    private static func difference(
        _ before: RelocationRecord,
        _ after: RelocationRecord,
        _ rules: LoaderRules
    ) -> Difference? {
        guard before.outcome == after.outcome else {
            return Difference(
                rules: rules,
                record: before,
                reason: "\(before.local.path) is \(before.outcome.rawValue) on the kernel and "
                    + "\(after.outcome.rawValue) on the minimised BTF"
            )
        }
        // A type id names a type of the BTF at hand, so that its value differs by design.
        guard before.kind != .typeIDTarget else { return nil }
        guard before.value != after.value || before.decisions != after.decisions else { return nil }
        return Difference(
            rules: rules,
            record: before,
            reason: "\(before.local.path) is \(shown(before.value)) on the kernel and \(shown(after.value)) on the "
                + "minimised BTF"
        )
    }

    private static func shown(_ value: UInt64?) -> String { value.map(String.init) ?? "nothing" }
}
