public import BTF

/// What one relocation comes to on one kernel: a line of the relocation log.
public struct RelocationRecord: Hashable, Sendable {
    /// How a loader decides.
    public enum Outcome: String, CaseIterable, Hashable, Sendable {
        /// The kernel has what is asked for.
        case resolved
        /// The kernel does not have it, and the program is told so: the value is 0.
        case absent
        /// The kernel does not have it, and the instruction is made invalid: the program loads only if it is dead code.
        case poisoned
        /// Several types of the kernel answer differently, and the loader gives up.
        case ambiguous
        /// The question has no answer, such as the signedness of an array element, and the loader gives up.
        case refused
    }

    /// The object that asks.
    public struct Local: Hashable, Sendable {
        /// The root type, such as `struct task_struct___old`.
        public let root: String
        /// The root type's id in the object.
        public let typeID: UInt32
        /// The access string, such as `0:1:2`.
        public let access: String
        /// The readable path, such as `task_struct.comm[2]`.
        public let path: String
        /// The value on the machine that the object was compiled for; nil where there is none.
        public let value: UInt64?
    }

    /// The kernel's answer.
    public struct Target: Hashable, Sendable {
        /// The module that the root type is in, or nil for vmlinux.
        public let module: String?
        /// The root type, such as `struct task_struct`.
        public let root: String
        /// The root type's id in the kernel's BTF.
        public let typeID: TypeID
        /// The steps from the root, those through anonymous members included; none for a type.
        public let steps: [UInt32]
        /// The readable path.
        public let path: String
        /// Where the field is, in bits from the root's start; 0 for types and enumerators.
        public let bitOffset: UInt32
        /// The value that goes into the instruction; nil where this candidate alone would poison it.
        public let value: UInt64?
        /// The part of the kernel that the root type was found in.
        let part: Part
        /// The members that a match as a whole rests on.
        let matched: MatchedMembers

        /// The steps as an access string, such as `0:1:2`; empty for a type.
        public var access: String { steps.map(String.init).joined(separator: ":") }
    }

    /// The object's path or display name.
    public let object: String
    /// The instruction.
    public let location: InstructionLocation
    /// What is asked.
    public let kind: RelocationKind
    /// The object's side.
    public let local: Local
    /// The kernel's types that match, in the order in which a loader meets them; the first one counts.
    public let targets: [Target]
    /// How a loader decides.
    public let outcome: Outcome
    /// Why, where the outcome is `ambiguous`, `refused`, or `poisoned` in spite of a match.
    public let reason: String?
    /// What it comes to in each program that shares the function and is settled on its own, where that differs; empty
    /// where it does not.
    public internal(set) var decisions: [Decision] = []

    /// What a relocation comes to in one program.
    public struct Decision: Hashable, Sendable {
        /// The program, by its place among the object's (`ObjectRequests.programs`).
        public let program: Int
        /// How the loader decides there.
        public let outcome: Outcome
        /// The value that it writes there, where it writes one.
        public let value: UInt64?
    }

    /// The type that the loader takes; nil when no type matches.
    public var target: Target? { targets.first }

    /// The value that a loader writes, or nil where it writes none.
    public var value: UInt64? {
        switch outcome {
        case .resolved: target?.value ?? (kind == .typeIDLocal ? local.value : nil)
        case .absent: 0
        case .poisoned, .ambiguous, .refused: nil
        }
    }
}

/// What all relocations of some objects come to on one kernel.
public struct RelocationLog: Hashable, Sendable {
    /// One record for each relocation, in the order of the requests.
    public let records: [RelocationRecord]
    /// How many types and members the comparisons for them looked at.
    let work: Int

    /// Makes a log of its records.
    ///
    /// - Parameter records: one record for each relocation, in the order of the requests.
    public init(records: [RelocationRecord]) { self.init(records: records, work: 0) }

    init(records: [RelocationRecord], work: Int) {
        self.records = records
        self.work = work
    }

    /// How many records have an outcome.
    public func count(of outcome: RelocationRecord.Outcome) -> Int { records.count { $0.outcome == outcome } }
}
