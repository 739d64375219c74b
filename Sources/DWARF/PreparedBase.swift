public import BTF

/// A kernel's BTF, made ready for the conversion of its modules: done once, shared by all of them and by all threads.
///
/// Each type of the base gets the fingerprint that the same type gets when a module's DWARF is read, with named structs,
/// unions and enumerations counting by name where others refer to them.
public struct PreparedBase: Sendable {
    /// The kernel's BTF.
    public let btf: BTF
    /// The sizes of its types.
    let layout: BTF.Layout
    /// Types by fingerprint, but for forward declarations.
    private let types: TypeGroups
    /// Definitions and forward declarations by name.
    private let names: TypeGroups
    /// Where each type's references start in `references`, and at last where they end.
    private let firstReference: [UInt32]
    private let references: [UInt32]
    private let isForward: [Bool]
    /// What arrays are indexed by.
    let indexType: TypeID?

    /// Prepares a kernel's BTF.
    ///
    /// - Parameter btf: the kernel's BTF, in canonical form, for the modules' BTF then to refer to by id.
    public init(_ btf: BTF) {
        self.btf = btf
        layout = BTF.Layout(of: btf)
        let count = Int(btf.endID.rawValue)
        var types = TypeGroups(count)
        var names = TypeGroups(count)
        var firstReference: [UInt32] = []
        var references: [UInt32] = []
        var isForward = [Bool](repeating: false, count: count)
        var hashing = BaseHashing(btf)
        var index: TypeID?
        firstReference.reserveCapacity(count + 1)
        for id in 0..<UInt32(count) {
            firstReference.append(UInt32(references.count))
            let type = btf[TypeID(id)]
            references += type.sharedReferences
            if index == nil, case .array(let array) = type { index = array.index }
            guard let hash = hashing.fingerprint(of: id) else { continue }
            if let nominal = hashing.nominal(id) {
                isForward[Int(id)] = type.isForward
                names.insert(id, nominal)
                if type.isForward { continue }
            }
            types.insert(id, hash)
        }
        firstReference.append(UInt32(references.count))
        self.types = types
        self.names = names
        self.firstReference = firstReference
        self.references = references
        self.isForward = isForward
        indexType = index
    }

    /// Calls `body` with the types that have a fingerprint.
    func forEachType(_ fingerprint: Fingerprint, _ body: (UInt32) -> Void) { types.forEach(fingerprint, body) }

    /// Calls `body` with the definitions and forward declarations of a name.
    func forEachType(named nominal: Fingerprint, _ body: (UInt32) -> Void) { names.forEach(nominal, body) }

    /// Where it stands what a type refers to, in order.
    @inline(__always)
    func referenceRange(of id: UInt32) -> Range<Int> {
        Int(firstReference[Int(id)])..<Int(firstReference[Int(id) + 1])
    }

    /// One of the types that a type refers to.
    @inline(__always)
    func reference(at position: Int) -> UInt32 { references[position] }

    /// The first of the types that a type refers to, or nil.
    func firstReference(of id: UInt32) -> UInt32? {
        let range = referenceRange(of: id)
        return range.isEmpty ? nil : references[range.lowerBound]
    }

    /// Whether a type is a declaration of a struct, union or enumeration without its definition.
    func isForward(_ id: UInt32) -> Bool { isForward[Int(id)] }
}

/// Types in groups, each under a fingerprint.
private struct TypeGroups: Sendable {
    /// From a fingerprint to the number of its group.
    private var groups = FingerprintTable(capacity: 1 << 16)
    /// The last type of each group, by the group's number.
    private var last: [UInt32] = [0]
    /// The type before each one in its group, or 0: groups are lists, since nearly all have one type.
    private var previous: [UInt32]

    /// So many types of one fingerprint are told apart; a kernel has a handful.
    static let limit = 64

    init(_ count: Int) { previous = [UInt32](repeating: 0, count: count) }

    mutating func insert(_ id: UInt32, _ key: Fingerprint) {
        let group = Int(groups.value(for: key))
        if group == 0 {
            groups.insert(key, UInt32(last.count))
            last.append(id)
        } else {
            previous[Int(id)] = last[group]
            last[group] = id
        }
    }

    @inline(__always)
    func forEach(_ key: Fingerprint, _ body: (UInt32) -> Void) {
        var id = last[Int(groups.value(for: key))]
        for _ in 0..<TypeGroups.limit where id != 0 {
            body(id)
            id = previous[Int(id)]
        }
    }
}

extension BTFType {
    /// The references that a record of a ``TypePool`` has too, in its order; an array's index type is not one.
    fileprivate var sharedReferences: [UInt32] {
        switch self {
        case .pointer(let target), .typedef(_, let target), .volatile(let target), .const(let target),
            .restrict(let target):
            [target.rawValue]
        case .array(let array): [array.element.rawValue]
        case .composite(let composite): composite.members.map(\.type.rawValue)
        case .functionPrototype(let prototype): [prototype.result.rawValue] + prototype.parameters.map(\.type.rawValue)
        case .function(let function): [function.prototype.rawValue]
        default: []
        }
    }

    /// Whether it declares a struct, union or enumeration without defining it.
    fileprivate var isForward: Bool {
        switch self {
        case .forward: true
        case .enumeration(let enumeration): enumeration.enumerators.isEmpty
        default: false
        }
    }
}
