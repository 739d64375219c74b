import BTF

/// Solves relocations again on a minimised BTF and compares.
struct Proof {
    /// A relocation that comes to something else.
    struct Difference {
        let record: RelocationRecord
        let reason: String
    }

    /// What the relocations come to on the minimised BTF.
    let log: RelocationLog
    /// The first relocation that comes to something else, or nil when all is proven.
    let difference: Difference?

    init(of log: RelocationLog, on types: BTF, with solver: RelocationSolver, pointerSize: UInt32) {
        // The minimised BTF may hold no `long` to tell the size of a pointer by; the loader knows its machine.
        let again = solver.solve(on: KernelTypes(vmlinux: types, pointerSize: pointerSize))
        self.log = again
        difference = zip(log.records, again.records).lazy.compactMap(Self.difference).first
    }

    private static func difference(_ before: RelocationRecord, _ after: RelocationRecord) -> Difference? {
        guard before.outcome == after.outcome else {
            return Difference(
                record: before,
                reason: "\(before.local.path) is \(before.outcome.rawValue) on the kernel and "
                    + "\(after.outcome.rawValue) on the minimised BTF"
            )
        }
        // A type id names a type of the BTF at hand, so that its value differs by design.
        guard before.kind != .typeIDTarget, before.value != after.value else { return nil }
        return Difference(
            record: before,
            reason: "\(before.local.path) is \(shown(before.value)) on the kernel and \(shown(after.value)) on the "
                + "minimised BTF"
        )
    }

    private static func shown(_ value: UInt64?) -> String { value.map(String.init) ?? "nothing" }
}
