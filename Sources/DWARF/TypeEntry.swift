/// A type of the unit that is being read: what its entry says, and where it stands in the unit.
struct TypeEntry: BitwiseCopyable {
    /// How far the entry's hash is.
    enum State: UInt8 {
        case read
        case hashing
        case hashed
    }

    /// From the group's start.
    var offset: UInt32
    var role: AbbreviationPlan.Role
    var state = State.read
    /// Whether the entry declares a type that is defined elsewhere.
    var isDeclaration = false
    /// Whether others refer to it by its name alone: a struct, union or enumeration that has one.
    var isNominal = false
    /// Its references, in the unit's list of them.
    var firstReference: UInt32
    var referenceCount: UInt32 = 0
    /// The hash of what the entry itself says; once hashed, that of the whole type.
    var local: Fingerprint
}

/// A function of the unit that is being read, whose prototype is a type entry.
struct FunctionEntry: BitwiseCopyable {
    var entry: UInt32
    var nameKey: UInt64
    /// Where it starts; 0 where that is not said.
    var address: UInt64
    /// Whether it takes a parameter in another register than the calling convention's.
    var isMisplaced: Bool
}

/// A per-CPU variable of the unit that is being read.
struct VariableEntry: BitwiseCopyable {
    /// Where its type is, from the group's start.
    var type: UInt32
    var name: UInt32
    var address: UInt64
    var isExternal: Bool
}
