public import BTF

/// The local side of one CO-RE relocation: what a program asks of whatever kernel it is loaded on.
public struct RelocationRequest: Hashable, Sendable {
    /// The instruction that is to be patched.
    public let location: InstructionLocation
    /// What is asked.
    public let kind: RelocationKind
    /// The root type, an id of the `types` that the request comes with.
    public let root: TypeID
    /// The id that the root type has in the BPF object, the value of a `typeIDLocal`.
    public let rootInObject: UInt32
    /// The access string as the object has it, such as `0:1:2`.
    public let access: String
    /// The opcode of the instruction, which decides whether a field of another size can be loaded; nil when unknown.
    public let opcode: UInt8?
    /// The answers to existence checks that keep the instruction from running; any one of them suffices.
    public let guards: [Guard]

    /// An answer to an existence check of the same function, with which control flow does not reach an instruction.
    public struct Guard: Hashable, Sendable {
        /// The check, by its place among the object's requests.
        public let question: Int
        /// What the check answers.
        public let answer: Bool

        /// Describes a guard.
        ///
        /// - Parameters:
        ///   - question: the check, by its place among the object's requests.
        ///   - answer: what the check answers.
        public init(question: Int, answer: Bool) {
            self.question = question
            self.answer = answer
        }
    }

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - location: the instruction that is to be patched.
    ///   - kind: what is asked.
    ///   - root: the root type.
    ///   - rootInObject: the root type's id in the BPF object.
    ///   - access: the access string.
    ///   - opcode: the opcode of the instruction.
    ///   - guards: the answers to existence checks that keep the instruction from running.
    public init(
        location: InstructionLocation,
        kind: RelocationKind,
        root: TypeID,
        rootInObject: UInt32,
        access: String,
        opcode: UInt8?,
        guards: [Guard] = []
    ) {
        self.guards = guards
        self.location = location
        self.kind = kind
        self.root = root
        self.rootInObject = rootInObject
        self.access = access
        self.opcode = opcode
    }

    /// Whether the instruction moves a value between memory and a register, so that its width matters: LDX, ST or STX
    /// (the three low bits of the opcode, `BPF_CLASS` of `linux/bpf_common.h`).
    var isMemoryAccess: Bool {
        guard let opcode else { return false }
        return (1...3).contains(opcode & 7)
    }
}

/// The relocations of one BPF object, with the few of its types that they need.
///
/// A value of its own: the object is not needed any more.
public struct ObjectRequests: Sendable {
    /// The object's path or display name.
    public let object: String
    /// The SHA-256 of the object's file in hexadecimal, where it is known.
    public let digest: String?
    /// The local types that the requests name.
    public let types: BTF
    /// The requests, in the order in which a loader meets them.
    public let requests: [RelocationRequest]
    /// Which requests are loaded together, by their indexes: those of a program and of all functions that it calls.
    public let programs: [[Int]]

    /// Joins requests and their types.
    ///
    /// - Parameters:
    ///   - object: the object's path or display name.
    ///   - digest: the SHA-256 of the object's file in hexadecimal.
    ///   - types: the local types that the requests name.
    ///   - requests: the requests, in the order in which a loader meets them.
    ///   - programs: which of them are loaded together, by their indexes; all when nil.
    public init(
        object: String,
        digest: String? = nil,
        types: BTF,
        requests: [RelocationRequest],
        programs: [[Int]]? = nil
    ) {
        self.object = object
        self.digest = digest
        self.types = types
        self.requests = requests
        self.programs = programs ?? [Array(requests.indices)]
    }
}

/// What one or more BPF objects ask of a kernel: the local sides of all their relocations.
///
/// It stands in for the objects: a vendor can send it instead of a program, and bundles made from it are the same.
public struct RelocationRequestLog: Sendable {
    /// The requests, object by object. Loaders settle each object on its own.
    public let objects: [ObjectRequests]

    /// Makes a log of what is known of several objects.
    ///
    /// - Parameter objects: the requests, object by object.
    public init(objects: [ObjectRequests]) { self.objects = objects }

    /// Makes a log of several BPF objects.
    ///
    /// - Parameter objects: the objects, in the order in which the log has them.
    public init(of objects: [BPFObject]) { self.init(objects: objects.map(\.requests)) }

    /// How many relocations there are in all.
    public var count: Int { objects.reduce(0) { $0 + $1.requests.count } }
}
