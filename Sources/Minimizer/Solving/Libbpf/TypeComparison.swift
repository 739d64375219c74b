import BTF

/// Compares the types of an object with those of a kernel, by libbpf's rules.
///
/// The work that one comparison may do is bounded as a whole: types made to explode end in a refusal.
struct TypeComparison<Target: TypeSource> {
    let local: BTF
    let target: Target
    /// The size of a pointer on the target, in bytes.
    let pointerSize: UInt32
    var budget: WorkBudget
    /// The members of the target that answered for the members of a local type that matches as a whole.
    var matched = MatchedMembers()

    /// How deep prototypes and members may be nested, and how long one chain of pointers and arrays may be: libbpf's
    /// limits.
    static var maximumDepth: Int { 32 }
    static var tooDeep: Refusal { Refusal("the types are nested deeper than 32 levels") }
}

/// The members of a kernel's structs and unions that a match as a whole rests on, in the order of finding.
struct MatchedMembers: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        let type: TypeID
        let member: Int
    }

    private(set) var entries: [Entry] = []

    mutating func append(_ member: Int, of type: TypeID) { entries.append(Entry(type: type, member: member)) }

    /// Forgets what was found since there were so many.
    mutating func shrink(to count: Int) { entries.removeSubrange(count...) }
}

/// Counts the types and members that the comparisons for one object and kernel look at.
struct WorkBudget {
    private let total: Int
    private var left: Int

    /// How much has been looked at.
    var spent: Int { total - left }

    /// Allows far more work than the objects and kernels of the world need: for each relocation the members of a few
    /// large structs, and about a second's worth beside that.
    init(relocations: Int) {
        total = (1 << 22) + (relocations << 12)
        left = total
    }

    mutating func spend() throws(Refusal) {
        left -= 1
        guard left > 0 else { throw Refusal("the types are nested in too many ways to be compared") }
    }
}

extension Kind {
    /// Whether a type of this kind may stand for one of the other: the same kind, or both enumerations.
    ///
    /// Source: libbpf's `btf_kind_core_compat`.
    func isRelocatable(to other: Kind) -> Bool { self == other || isEnumeration && other.isEnumeration }
}
