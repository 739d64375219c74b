/// What a CO-RE relocation asks of the kernel: `enum bpf_core_relo_kind` of `linux/bpf.h`, by its numbers.
public enum RelocationKind: UInt32, CaseIterable, Hashable, Sendable {
    /// Where a field starts, in bytes from its root.
    case fieldByteOffset = 0
    /// How many bytes a field has.
    case fieldByteSize = 1
    /// Whether there is such a field: 0 or 1.
    case fieldExists = 2
    /// Whether a field is signed: 0 or 1.
    case fieldSigned = 3
    /// By how many bits a 64-bit register that holds a bitfield's bytes is shifted left.
    case fieldLeftShift = 4
    /// By how many bits it is then shifted right.
    case fieldRightShift = 5
    /// The id of a type in the object itself.
    case typeIDLocal = 6
    /// The id of a type in the kernel's BTF.
    case typeIDTarget = 7
    /// Whether there is such a type: 0 or 1.
    case typeExists = 8
    /// How many bytes a type has.
    case typeSize = 9
    /// Whether there is such an enumerator: 0 or 1.
    case enumeratorExists = 10
    /// An enumerator's value.
    case enumeratorValue = 11
    /// Whether there is a type with all that the local one has: 0 or 1.
    case typeMatches = 12

    /// The name that libbpf's debug log prints, such as `byte_off`.
    public var name: String {
        switch self {
        case .fieldByteOffset: "byte_off"
        case .fieldByteSize: "byte_sz"
        case .fieldExists: "field_exists"
        case .fieldSigned: "signed"
        case .fieldLeftShift: "lshift_u64"
        case .fieldRightShift: "rshift_u64"
        case .typeIDLocal: "local_type_id"
        case .typeIDTarget: "target_type_id"
        case .typeExists: "type_exists"
        case .typeSize: "type_size"
        case .enumeratorExists: "enumval_exists"
        case .enumeratorValue: "enumval_value"
        case .typeMatches: "type_matches"
        }
    }

    /// Finds a kind by the name that libbpf's debug log prints.
    ///
    /// - Parameter name: the name, such as `byte_off`.
    public init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    /// What an access string means to a relocation.
    public enum Subject: Hashable, Sendable {
        /// A path of members and array elements.
        case field
        /// Nothing: the relocation is about the root type.
        case type
        /// The index of an enumerator.
        case enumerator
    }

    /// What the access string means.
    public var subject: Subject {
        switch self {
        case .fieldByteOffset, .fieldByteSize, .fieldExists, .fieldSigned, .fieldLeftShift, .fieldRightShift: .field
        case .typeIDLocal, .typeIDTarget, .typeExists, .typeSize, .typeMatches: .type
        case .enumeratorExists, .enumeratorValue: .enumerator
        }
    }

    /// Whether the relocation asks for existence, so that "no" is an answer: a 0 that the program tests.
    public var isQuestion: Bool {
        switch self {
        case .fieldExists, .typeExists, .typeMatches, .enumeratorExists: true
        default: false
        }
    }
}
