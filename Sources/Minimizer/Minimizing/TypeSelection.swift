import BTF

/// A choice of types and members of a kernel or an object, to be made into a BTF of their own.
///
/// What is followed and what is cut is that of `bpftool gen min_core_btf`. All walks keep a list of what is left to do
/// and never recurse, so that types that lead to themselves end.
struct TypeSelection {
    /// A type, named by the part that it stands in itself.
    struct Reference: Hashable, Comparable {
        let part: KernelTypes.Part
        let id: TypeID

        static func < (left: Reference, right: Reference) -> Bool {
            (left.part ?? -1, left.id) < (right.part ?? -1, right.id)
        }
    }

    let source: KernelTypes
    /// The chosen types, and of structs and unions the chosen members.
    private(set) var chosen: [Reference: Set<Int>] = [:]
    private var visits: Set<Visit> = []
    private var waiting: [Visit] = []

    init(of source: KernelTypes) { self.source = source }

    /// How a type is walked.
    fileprivate enum Mode: Hashable {
        /// Qualifiers, typedefs and arrays are followed; pointers, structs and unions end the walk.
        case shallow
        /// As shallow, but pointers are followed.
        case throughPointers
        /// Members are chosen and followed too, except behind a pointer.
        case whole(isBehindPointer: Bool)
    }

    private struct Visit: Hashable {
        let type: Reference
        let mode: Mode
    }
}

// MARK: - Choosing

extension TypeSelection {
    /// Chooses a path: its root, each member on it, and each member's type.
    ///
    /// - Parameters:
    ///   - steps: the path's steps, the first of which is an index of the root.
    ///   - root: the root type.
    ///   - part: the part that the root is in.
    mutating func choosePath(_ steps: [UInt32], from root: TypeID, in part: KernelTypes.Part) {
        let types = source.types(of: part)
        choose(root, in: part, .shallow)
        var next = root
        for step in steps.dropFirst() {
            guard let (id, header) = try? types.unqualified(next) else { return }
            if header.kind.isComposite, step < header.count {
                chosen[reference(id, in: part), default: []].insert(Int(step))
                next = types.members(of: id)[Int(step)].type
                choose(next, in: part, .shallow)
            } else if let array = types.array(id) {
                next = array.element
            } else {
                return
            }
        }
    }

    /// Chooses a type; structs and unions come without members.
    mutating func chooseType(_ id: TypeID, in part: KernelTypes.Part, followingPointers: Bool) {
        choose(id, in: part, followingPointers ? .throughPointers : .shallow)
    }

    /// Chooses a type with all its members, and theirs, up to structs and unions behind a pointer.
    mutating func chooseWhole(_ id: TypeID, in part: KernelTypes.Part) {
        choose(id, in: part, .whole(isBehindPointer: false))
    }

    func reference(_ id: TypeID, in part: KernelTypes.Part) -> Reference {
        id < source.types(of: part).firstID ? Reference(part: nil, id: id) : Reference(part: part, id: id)
    }

    private mutating func choose(_ id: TypeID, in part: KernelTypes.Part, _ mode: Mode) {
        enqueue(id, in: part, mode)
        while let visit = waiting.popLast() { walk(visit) }
    }

    private mutating func enqueue(_ id: TypeID, in part: KernelTypes.Part, _ mode: Mode) {
        guard id != .void else { return }
        let visit = Visit(type: reference(id, in: part), mode: mode)
        if visits.insert(visit).inserted { waiting.append(visit) }
    }

    private mutating func walk(_ visit: Visit) {
        let (part, id, mode) = (visit.type.part, visit.type.id, visit.mode)
        let types = source.types(of: part)
        let header = types.header(of: id)
        chosen[visit.type, default: []].formUnion([])
        switch header.kind {
        case .pointer:
            guard let next = mode.behindPointer else { return }
            enqueue(header.type, in: part, next)
        case .const, .volatile, .restrict, .typedef, .typeTag:
            enqueue(header.type, in: part, mode)
        case .array:
            guard let array = types.array(id) else { return }
            enqueue(array.element, in: part, mode.besidePointer)
            enqueue(array.index, in: part, mode.besidePointer)
        case .functionPrototype:
            guard let prototype = types.prototype(id) else { return }
            enqueue(prototype.result, in: part, mode.besidePointer)
            for parameter in prototype.parameters { enqueue(parameter.type, in: part, mode.besidePointer) }
        case .structure, .union:
            guard mode == .whole(isBehindPointer: false) else { return }
            let members = types.members(of: id)
            chosen[visit.type] = Set(members.indices)
            for member in members { enqueue(member.type, in: part, mode) }
        default:
            return
        }
    }
}

extension TypeSelection.Mode {
    /// How a pointee is walked, or nil where it is cut off.
    var behindPointer: Self? {
        switch self {
        case .shallow: nil
        case .throughPointers: self
        case .whole: .whole(isBehindPointer: true)
        }
    }

    /// How an element or parameter is walked: a pointer before its array or prototype does not count.
    var besidePointer: Self {
        if case .whole = self { return .whole(isBehindPointer: false) }
        return self
    }
}
