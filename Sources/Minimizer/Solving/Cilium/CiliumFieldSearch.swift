import BTF

extension CiliumComparison {
    /// Where a field is, on one side.
    struct Field<Source: TypeSource> {
        let source: Source
        var type: TypeID
        /// In bytes, of what is loaded.
        var offset: UInt32 = 0
        /// In bits, from the start of what is loaded.
        var bitfieldOffset: UInt32 = 0
        /// In bits; 0 where the field is no bitfield.
        var bitfieldSize: UInt32 = 0
        /// The way to it.
        var spec: AccessSpec

        /// The size of its type in bytes.
        var size: UInt32 {
            get throws(Refusal) { try source.size(of: type, pointerSize: CiliumComparison.pointerSize) }
        }

        var sizeInBits: UInt32 {
            get throws(Refusal) { bitfieldSize > 0 ? bitfieldSize : try size &* 8 }
        }

        /// Source: `adjustOffsetToNthElement`.
        mutating func move(toElement index: UInt32) throws(Refusal) {
            if index > 0 { offset &+= index &* (try size) }
        }

        /// Source: `adjustOffsetBits` and `alignof`.
        mutating func move(bits: UInt32) throws(Refusal) {
            var id = try source.unqualified(type).id
            while let array = source.array(id) { id = try source.unqualified(array.element).id }
            let header = source.header(of: id)
            let alignment = header.sizeOrType
            guard header.kind == .int || header.kind.isEnumeration, alignment > 0, alignment & (alignment - 1) == 0
            else { throw Refusal("a bitfield's type has no alignment") }
            let start = bits / 8 / alignment * alignment
            bitfieldOffset = bits - start * 8
            offset &+= start
        }
    }

    /// Finds the field of the target that a local path leads to, or nil where there is none.
    ///
    /// Source: `coreFindField`.
    mutating func findField(
        _ path: AccessSpec,
        in root: TypeID
    ) throws(Refusal) -> (local: Field<BTF>, target: Field<Target>)? {
        var one = Field(source: local, type: path.root, spec: AccessSpec(root: path.root))
        var other = Field(source: target, type: root, spec: AccessSpec(root: root))
        guard try areCompatibleMembers(one.type, other.type) else { return nil }
        try one.move(toElement: path.steps[0])
        try other.move(toElement: path.steps[0])
        try other.spec.append(step: path.steps[0])
        other.spec.accessors.append(.init(type: try target.unqualified(root).id, index: path.steps[0], name: nil))
        var (mayBeFlexible, otherMayBeFlexible) = (false, false)
        for (position, step) in path.steps.enumerated().dropFirst() {
            try budget.spend()
            let (id, header) = try local.unqualified(one.type)
            if header.kind.isComposite {
                let members = local.members(of: id)
                guard step < members.count else { throw Refusal("step \(step) lies outside \(members.count) members") }
                let member = members[Int(step)]
                if member.name.isEmpty {
                    one.type = member.type
                    one.offset &+= member.bitOffset / 8
                    one.bitfieldSize = 0
                    mayBeFlexible = false
                    continue
                }
                let targetID = try target.unqualified(other.type).id
                guard target.kind(of: targetID).isComposite,
                    let found = try findMember(named: local.bytes(at: member.name), in: targetID)
                else { return nil }
                (one.type, one.bitfieldSize) = (member.type, UInt32(member.bitfieldSize))
                (other.type, other.bitfieldSize) = (found.type, found.bitfieldSize)
                for step in found.steps { try other.spec.append(step: step) }
                other.spec.accessors.append(found.accessor)
                (mayBeFlexible, otherMayBeFlexible) = (Int(step) == members.count - 1, found.isLast)
                if one.bitfieldSize == 0, other.bitfieldSize == 0 {
                    one.offset &+= member.bitOffset / 8
                    other.offset &+= found.bitOffset / 8
                } else {
                    guard position == path.steps.count - 1 else { throw Refusal("a bitfield has no parts") }
                    try one.move(bits: member.bitOffset)
                    try other.move(bits: found.bitOffset)
                }
            } else if let array = local.array(id) {
                guard let counterpart = target.array(try target.unqualified(other.type).id) else { return nil }
                guard array.count > 0 || mayBeFlexible, counterpart.count > 0 || otherMayBeFlexible else {
                    throw Refusal("an array of no elements is not the last member")
                }
                guard array.count == 0 || step < array.count else {
                    throw Refusal("step \(step) lies outside \(array.count) elements")
                }
                guard counterpart.count == 0 || step < counterpart.count else { return nil }
                (one.type, one.bitfieldSize, mayBeFlexible) = (array.element, 0, false)
                (other.type, other.bitfieldSize, otherMayBeFlexible) = (counterpart.element, 0, false)
                try one.move(toElement: step)
                try other.move(toElement: step)
                try other.spec.append(step: step)
                let element = try target.unqualified(other.type).id
                other.spec.accessors.append(.init(type: element, index: step, name: nil))
            } else {
                throw Refusal("the path goes into a \(header.kind.standardName)")
            }
            guard try areCompatibleMembers(one.type, other.type) else { return nil }
        }
        other.spec.bitOffset = other.offset &* 8 &+ other.bitfieldOffset
        return (one, other)
    }

    /// A member that a search found.
    private struct FoundMember {
        let type: TypeID
        /// From the start of the struct or union that was searched.
        let bitOffset: UInt32
        let bitfieldSize: UInt32
        let steps: [UInt32]
        let accessor: AccessSpec.Accessor
        let isLast: Bool
    }

    /// Searches a struct or union and, level by level, its anonymous members for a name.
    ///
    /// Source: `coreFindMember`.
    private mutating func findMember(
        named name: ArraySlice<UInt8>,
        in root: TypeID
    ) throws(Refusal) -> FoundMember? {
        var waiting: [(id: TypeID, bitOffset: UInt32, steps: [UInt32])] = [(root, 0, [])]
        var visited: Set<TypeID> = []
        var next = 0
        while next < waiting.count {
            let place = waiting[next]
            next += 1
            guard !visited.contains(place.id) else { continue }
            guard visited.count < Self.maximumDepth else { throw Refusal("the type is nested too deep") }
            visited.insert(place.id)
            let members = target.members(of: place.id)
            for (index, member) in members.enumerated() {
                try budget.spend()
                let steps = place.steps + [UInt32(index)]
                if target.bytes(at: member.name).elementsEqual(name) {
                    return FoundMember(
                        type: member.type,
                        bitOffset: place.bitOffset &+ member.bitOffset,
                        bitfieldSize: UInt32(member.bitfieldSize),
                        steps: steps,
                        accessor: .init(type: place.id, index: UInt32(index), name: member.name),
                        isLast: index == members.count - 1
                    )
                }
                guard member.name.isEmpty else { continue }
                let (id, header) = try target.unqualified(member.type)
                guard header.kind.isComposite else {
                    throw Refusal("an anonymous member is a \(header.kind.standardName)")
                }
                waiting.append((id, place.bitOffset &+ member.bitOffset, steps))
            }
        }
        return nil
    }

    /// Whether a field of one type can be relocated to one of the other, elements of arrays apart.
    ///
    /// Source: `coreAreMembersCompatible`.
    private mutating func areCompatibleMembers(_ localType: TypeID, _ targetType: TypeID) throws(Refusal) -> Bool {
        let one = try local.unqualified(localType).header
        let other = try target.unqualified(targetType).header
        if one.kind.isComposite, other.kind.isComposite { return true }
        guard one.kind.isRelocatable(to: other.kind) else { return false }
        switch one.kind {
        case .array, .pointer, .float, .int: return true
        case .enumeration, .enumeration64, .forward: return essentialNamesMatch(one.name, other.name)
        default: throw Refusal("a field cannot be a \(one.kind.standardName)")
        }
    }
}
