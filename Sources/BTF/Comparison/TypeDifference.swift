/// What a named thing of a BTF is, as far as a comparison tells things apart.
public enum ComparedKind: String, CaseIterable, Hashable, Sendable {
    /// A struct.
    case structure = "struct"
    /// A union.
    case union
    /// An enumeration of either width.
    case enumeration = "enum"
    /// A typedef.
    case typedef
    /// A function.
    case function
    /// A variable.
    case variable
    /// A section of variables.
    case section
    /// An integer.
    case integer
    /// A floating point number.
    case float
    /// A tag on a declaration.
    case tag
    /// A type without a name that nothing named leads to, other than an enumeration, struct or union.
    case other
}

/// How one type differs between two BTFs.
public struct TypeDifference: Hashable, Sendable {
    /// What has become of the type.
    public enum Change: Hashable, Sendable {
        /// Only the new BTF has it; the text describes it.
        case added(String)
        /// Only the old BTF has it; the text describes it.
        case removed(String)
        /// Both have it, and these parts differ.
        case changed([PartDifference])
    }

    /// What the type is.
    public let kind: ComparedKind
    /// Its name; empty where it has none.
    public let name: String
    /// The first enumerator of an enumeration without a name, by which it is known; else nil.
    public let firstEnumerator: String?
    /// What has become of it.
    public let change: Change
}

/// How a part of a type differs between two BTFs.
public enum PartDifference: Hashable, Sendable {
    /// Its size in bytes.
    case size(old: UInt32, new: UInt32)
    /// A member of a struct or union, or a variable in a section; a side that does not have it is nil.
    case member(name: String, old: MemberPlace?, new: MemberPlace?)
    /// An enumerator's value; a side that does not have it is nil.
    case enumerator(name: String, old: String?, new: String?)
    /// How it is declared, in C.
    case declaration(old: String, new: String)
    /// The order or the grouping of its parts, or its record's form; all that is named is the same.
    case arrangement
}

/// What a member is and where it lies.
public struct MemberPlace: Hashable, Sendable {
    /// The member's type in C; what has no name is `struct {…}`.
    public let type: String
    /// Where it starts, in bits from the start of its struct.
    public let bitOffset: UInt64
    /// The width of a bitfield in bits, or nil for any other member.
    public let bitfieldWidth: UInt64?
    /// Whether it lies elsewhere in the smallest named thing around it than on the other side.
    public let isMoved: Bool
    /// Whether it is of another type than on the other side; the texts may be equal where what differs has no name.
    public let isRetyped: Bool
}
