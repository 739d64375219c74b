/// What a type record describes: BTF_KIND_* of the kernel's `linux/btf.h`.
public enum Kind: UInt8, CaseIterable, Hashable, Sendable {
    /// No record: the type with id 0.
    case void = 0
    /// An integer, with its encoding.
    case int = 1
    /// A pointer.
    case pointer = 2
    /// An array.
    case array = 3
    /// A struct.
    case structure = 4
    /// A union.
    case union = 5
    /// An enumeration of values of up to 32 bits.
    case enumeration = 6
    /// A forward declaration of a struct or union.
    case forward = 7
    /// A typedef.
    case typedef = 8
    /// The qualifier volatile.
    case volatile = 9
    /// The qualifier const.
    case const = 10
    /// The qualifier restrict.
    case restrict = 11
    /// A function, naming its prototype.
    case function = 12
    /// A function prototype.
    case functionPrototype = 13
    /// A variable.
    case variable = 14
    /// A section of variables.
    case dataSection = 15
    /// A floating point number.
    case float = 16
    /// A tag on a declaration, a member or a parameter.
    case declarationTag = 17
    /// A tag on a pointed-to type.
    case typeTag = 18
    /// An enumeration of values of up to 64 bits.
    case enumeration64 = 19

    /// The name that bpftool and the kernel's documentation print, such as `FUNC_PROTO`.
    public var standardName: String { Self.standardNames[Int(rawValue)] }

    private static let standardNames = [
        "VOID", "INT", "PTR", "ARRAY", "STRUCT", "UNION", "ENUM", "FWD", "TYPEDEF", "VOLATILE", "CONST", "RESTRICT",
        "FUNC", "FUNC_PROTO", "VAR", "DATASEC", "FLOAT", "DECL_TAG", "TYPE_TAG", "ENUM64",
    ]

    /// Whether the record is a struct or a union.
    @inlinable
    public var isComposite: Bool { self == .structure || self == .union }

    /// Whether the record is an enumeration of either width.
    @inlinable
    public var isEnumeration: Bool { self == .enumeration || self == .enumeration64 }

    /// Whether the record only qualifies another type: const, volatile, restrict or a type tag.
    @inlinable
    public var isModifier: Bool {
        switch self {
        case .volatile, .const, .restrict, .typeTag: true
        default: false
        }
    }

    /// Whether the third word of the record is a type id rather than a size.
    @inlinable
    public var refersThroughHeader: Bool {
        switch self {
        case .pointer, .typedef, .volatile, .const, .restrict, .function, .functionPrototype, .variable,
            .declarationTag, .typeTag:
            true
        default: false
        }
    }

    /// How many 32-bit words follow the three words of the record's header, for a vlen of at most 65,535.
    @inlinable
    package func extraWords(count: Int) -> Int {
        switch self {
        case .int, .variable, .declarationTag: 1
        case .array: 3
        case .structure, .union, .dataSection, .enumeration64: 3 * count
        case .enumeration, .functionPrototype: 2 * count
        default: 0
        }
    }
}
