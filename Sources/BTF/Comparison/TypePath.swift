/// The name of a type, or of a part of one, as a person writes it: `task_struct`, `task_struct.pid`,
/// `task_struct.se.vruntime`, `enum bpf_prog_type.BPF_PROG_TYPE_LSM`, `vfs_read`.
public struct TypePath: Hashable, Sendable, LosslessStringConvertible {
    /// What the type must be, or nil for anything.
    public let kind: ComparedKind?
    /// The type's name.
    public let type: String
    /// The names that lead from the type to the part; none for the type itself. Anonymous structs and unions are
    /// looked through.
    public let members: [String]

    /// Reads a path.
    ///
    /// - Parameter description: a name with parts behind dots, after `struct`, `union`, `enum` or `typedef` if the kind
    ///   matters; anything else gives nil.
    public init?(_ description: String) {
        let words = description.split(separator: " ")
        guard let path = words.last, words.count <= 2 else { return nil }
        if words.count == 2 {
            guard let kind = ComparedKind(rawValue: String(words[0])) else { return nil }
            self.kind = kind
        } else {
            kind = nil
        }
        let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy({ !$0.isEmpty }) else { return nil }
        type = names[0]
        members = Array(names.dropFirst())
    }

    /// The path as it is written.
    public var description: String {
        (kind.map { "\($0.rawValue) " } ?? "") + ([type] + members).joined(separator: ".")
    }
}

/// A type, or a part of one, as a BTF has it.
public struct TypeSighting: Hashable, Sendable {
    /// What the type is.
    public let kind: ComparedKind
    /// Where a member starts, in bits from the start of the type; nil for a type itself.
    public let bitOffset: UInt64?
    /// The size in bits, or nil where it has none: a function, a type that is only declared.
    public let bitSize: UInt64?
    /// Whether it is a bitfield.
    public let isBitfield: Bool
    /// What it is on one line: a declaration in C, an enumerator's value, how many parts it has.
    public let text: String
    /// A hash of all that a type says, what it refers to by name counting by that name; 0 for a member. It is the same
    /// on every machine.
    public let contents: UInt64
}
