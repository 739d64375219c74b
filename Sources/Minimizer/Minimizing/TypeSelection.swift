import BTF

/// A type, named by the part that it stands in itself.
struct TypeReference: Hashable {
    let part: Part
    let id: TypeID
}

/// A choice of types and members of a kernel or an object, to be made into a BTF of their own.
///
/// What is followed and what is cut is that of `bpftool gen min_core_btf`, save that a match as a whole takes only the
/// members that it rests on. All walks keep a list of what is left to do and never recurse, so that types that lead to
/// themselves end.
struct TypeSelection<Source: TypeSource> {
    let source: KernelTypeSources<Source>
    /// The chosen types, and of structs and unions the chosen members.
    private(set) var chosen: [TypeReference: Set<Int>] = [:]
    /// The chosen types in the order of choosing, which the ids of the source leave no trace in.
    private(set) var order: [TypeReference] = []
    private var visits: Set<Visit> = []
    private var waiting: [Visit] = []

    init(of source: KernelTypeSources<Source>) { self.source = source }

    private struct Visit: Hashable {
        let type: TypeReference
        let mode: SelectionMode
    }
}

/// How a type is walked.
enum SelectionMode: Hashable {
    /// Qualifiers, typedefs and arrays are followed; pointers, structs and unions end the walk.
    case shallow
    /// As shallow, but pointers are followed.
    case throughPointers
    /// Members are chosen and followed too, except behind a pointer.
    case whole(isBehindPointer: Bool)
    /// All is followed.
    case everything
}

// MARK: - Choosing

extension TypeSelection {
    /// Chooses a path: its root, each member on it, and each member's type.
    ///
    /// - Parameters:
    ///   - steps: the path's steps, the first of which is an index of the root.
    ///   - root: the root type.
    ///   - part: the part that the root is in.
    mutating func choosePath(_ steps: [UInt32], from root: TypeID, in part: Part) {
        let types = source.types(of: part)
        choose(root, in: part, .shallow)
        var next = root
        for step in steps.dropFirst() {
            guard let (id, header) = try? types.unqualified(next) else { return }
            if header.kind.isComposite, step < header.count {
                insert(Int(step), of: reference(id, in: part))
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
    mutating func chooseType(_ id: TypeID, in part: Part, followingPointers: Bool) {
        choose(id, in: part, followingPointers ? .throughPointers : .shallow)
    }

    /// Chooses a type with all its members, and theirs, up to structs and unions behind a pointer.
    mutating func chooseWhole(_ id: TypeID, in part: Part) {
        choose(id, in: part, .whole(isBehindPointer: false))
    }

    /// Chooses all that a type leads to.
    mutating func chooseEverything(of id: TypeID, in part: Part) { choose(id, in: part, .everything) }

    /// Chooses a type that matches as a whole, and the members that the match rests on.
    mutating func chooseMatch(_ id: TypeID, _ matched: MatchedMembers, in part: Part) {
        choose(id, in: part, .throughPointers)
        for entry in matched.entries {
            insert(entry.member, of: reference(entry.type, in: part))
            choose(source.types(of: part).members(of: entry.type)[entry.member].type, in: part, .throughPointers)
        }
    }

    private mutating func insert(_ type: TypeReference) {
        guard chosen[type] == nil else { return }
        chosen[type] = []
        order.append(type)
    }

    private mutating func insert(_ member: Int, of type: TypeReference) {
        insert(type)
        chosen[type]?.insert(member)
    }

    func reference(_ id: TypeID, in part: Part) -> TypeReference {
        id < source.types(of: part).firstID ? TypeReference(part: nil, id: id) : TypeReference(part: part, id: id)
    }

    // MARK: Walking

    private mutating func choose(_ id: TypeID, in part: Part, _ mode: SelectionMode) {
        enqueue(id, in: part, mode)
        while let visit = waiting.popLast() { walk(visit) }
    }

    private mutating func enqueue(_ id: TypeID, in part: Part, _ mode: SelectionMode) {
        guard id != .void else { return }
        let visit = Visit(type: reference(id, in: part), mode: mode)
        if visits.insert(visit).inserted { waiting.append(visit) }
    }

    private mutating func walk(_ visit: Visit) {
        let (part, id, mode) = (visit.type.part, visit.type.id, visit.mode)
        let types = source.types(of: part)
        let header = types.header(of: id)
        insert(visit.type)
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
            guard mode == .whole(isBehindPointer: false) || mode == .everything else { return }
            for (index, member) in types.members(of: id).enumerated() {
                insert(index, of: visit.type)
                enqueue(member.type, in: part, mode)
            }
        default:
            return
        }
    }
}

extension SelectionMode {
    /// How a pointee is walked, or nil where it is cut off.
    var behindPointer: Self? {
        switch self {
        case .shallow: nil
        case .throughPointers, .everything: self
        case .whole: .whole(isBehindPointer: true)
        }
    }

    /// How an element or parameter is walked: a pointer before its array or prototype does not count.
    var besidePointer: Self {
        if case .whole = self { return .whole(isBehindPointer: false) }
        return self
    }
}

// MARK: - Parts of a choice

/// A chosen type, or a chosen member of one.
struct SelectedPart: Hashable {
    let type: TypeReference
    /// The member's index, or nil for the type itself.
    let member: Int?
}

extension TypeSelection {
    /// The modules that something is chosen of, by their places among the kernel's.
    var modules: [Int] { Set(order.compactMap(\.part)).sorted() }

    /// All that is chosen, each type before its members.
    var parts: [SelectedPart] {
        order.flatMap { type in
            [SelectedPart(type: type, member: nil)]
                + (chosen[type] ?? []).sorted().map { SelectedPart(type: type, member: $0) }
        }
    }

    /// Takes parts back; a type takes its members along.
    mutating func remove(_ parts: some Sequence<SelectedPart>) {
        for part in parts {
            if let member = part.member { chosen[part.type]?.remove(member) } else { chosen[part.type] = nil }
        }
        order.removeAll { chosen[$0] == nil }
    }
}
