import BTF

/// Makes, for any number of kernels, BTF that holds only what some BPF objects need.
///
/// Which types and members those are follows from the relocation log alone; what is kept of them is what
/// `bpftool gen min_core_btf` keeps, and more where the proof needs it.
public struct Minimizer: Sendable {
    /// Solves the relocations.
    public let solver: RelocationSolver

    /// Prepares to minimise.
    ///
    /// - Parameter requests: what the objects ask for.
    public init(_ requests: RelocationRequestLog) { solver = RelocationSolver(requests) }

    /// Minimises a kernel's types.
    ///
    /// - Parameter kernel: the kernel's types.
    /// - Returns: the minimised BTF, proven.
    /// - Throws: `MinimizationError` when it cannot be proven or written.
    public func minimize(_ kernel: KernelTypes) throws(MinimizationError) -> MinimizedBTF {
        let log = solver.solve(on: kernel)
        var difference: Proof.Difference?
        for extent in Extent.allCases {
            let types = try build(log, of: kernel, extent)
            let proof = Proof(of: log, on: types, with: solver, pointerSize: kernel.pointerSize)
            difference = proof.difference
            guard difference != nil else {
                return MinimizedBTF(types: types, log: log, provenLog: proof.log)
            }
        }
        guard let difference else { throw .unwritable(reason: "there is nothing to prove") }
        throw .notProven(
            object: difference.record.object,
            location: difference.record.location,
            reason: difference.reason
        )
    }

    /// How much is kept; what a smaller extent cannot prove, a larger one can.
    private enum Extent: CaseIterable {
        /// What the first type that matches needs, as bpftool has it.
        case firstTargets
        /// What all types that match need: without them, an earlier relocation could leave other candidates to a later.
        case allTargets
        /// All candidates as wholes.
        case wholeCandidates
        /// All candidates as wholes, and types that have become alike not made one.
        case separateCandidates
    }

    private func build(
        _ log: RelocationLog,
        of kernel: KernelTypes,
        _ extent: Extent
    ) throws(MinimizationError) -> BTF {
        var selection = TypeSelection(of: kernel)
        for record in log.records {
            let count = extent == .firstTargets && record.outcome != .ambiguous ? 1 : record.targets.count
            for target in record.targets.prefix(count) { selection.choose(target, for: record.kind) }
        }
        if extent == .wholeCandidates || extent == .separateCandidates {
            for candidate in solver.candidates(on: kernel) { selection.chooseWhole(candidate.id, in: candidate.part) }
        }
        do throws(BTFError) {
            let types = try selection.build().types
            return extent == .separateCandidates ? types : try types.canonicalized()
        } catch {
            throw .unwritable(reason: error.reason)
        }
    }
}

extension TypeSelection {
    /// Chooses what a relocation needs of the type that it is resolved to.
    fileprivate mutating func choose(_ target: RelocationRecord.Target, for kind: RelocationKind) {
        let part = target.module.flatMap { name in source.modules.firstIndex { $0.name == name } }
        switch kind {
        case .typeIDLocal: return
        case .typeMatches: chooseWhole(target.typeID, in: part)
        case .typeIDTarget, .typeExists, .typeSize: chooseType(target.typeID, in: part, followingPointers: true)
        case .enumeratorExists, .enumeratorValue: chooseType(target.typeID, in: part, followingPointers: false)
        case .fieldByteOffset, .fieldByteSize, .fieldExists, .fieldSigned, .fieldLeftShift, .fieldRightShift:
            choosePath(target.steps, from: target.typeID, in: part)
        }
    }
}
