import BTF

/// Finding a local path in a target type.
///
/// Source: libbpf's `bpf_core_spec_match`, `bpf_core_match_member` and `bpf_core_fields_are_compat`.
extension TypeComparison {
    /// The target's path that means the same as a local one, or nil where the type has none.
    mutating func find(_ spec: AccessSpec, root: TypeID) throws(Refusal) -> AccessSpec? {
        var found = AccessSpec(root: root)
        var next = root
        for (position, accessor) in spec.accessors.enumerated() {
            let id = try target.unqualified(next).id
            if accessor.name != nil {
                guard let type = try matchMember(accessor, in: id, &found) else { return nil }
                next = type
                continue
            }
            var element = id
            // The first step counts roots, as if the pointer led into an array of them.
            if position > 0 {
                guard let array = target.array(id) else { return nil }
                guard accessor.index < array.count || found.endsInFlexibleArray(array, in: target) else { return nil }
                element = try target.unqualified(array.element).id
            }
            try found.append(step: accessor.index)
            found.accessors.append(.init(type: element, index: accessor.index, name: nil))
            found.move(bytes: try target.size(of: element, pointerSize: pointerSize), times: accessor.index)
            next = element
        }
        return found
    }

    /// Looks for a member by name, in anonymous members too, and returns its type.
    private mutating func matchMember(
        _ accessor: AccessSpec.Accessor,
        in qualified: TypeID,
        _ found: inout AccessSpec
    ) throws(Refusal) -> TypeID? {
        let (id, header) = try target.unqualified(qualified)
        guard header.kind.isComposite else { return nil }
        let localMember = local.members(of: accessor.type)[Int(accessor.index)]
        let localName = local.bytes(at: localMember.name)
        for (index, member) in target.members(of: id).enumerated() {
            try budget.spend()
            if member.name.isEmpty {
                let before = found
                try found.append(step: UInt32(index))
                found.bitOffset &+= member.bitOffset
                if let type = try matchMember(accessor, in: member.type, &found) { return type }
                found = before
            } else if target.bytes(at: member.name).elementsEqual(localName) {
                guard try areCompatibleFields(localMember.type, member.type) else { return nil }
                try found.append(step: UInt32(index))
                found.bitOffset &+= member.bitOffset
                found.accessors.append(.init(type: id, index: UInt32(index), name: member.name))
                return member.type
            }
        }
        return nil
    }

    /// Whether a field of one type can be relocated to one of the other.
    private mutating func areCompatibleFields(_ localQualified: TypeID, _ targetQualified: TypeID) throws(Refusal)
        -> Bool
    {
        var (localID, targetID) = (localQualified, targetQualified)
        while true {
            try budget.spend()
            let (localType, localHeader) = try local.unqualified(localID)
            let (targetType, targetHeader) = try target.unqualified(targetID)
            if localHeader.kind.isComposite, targetHeader.kind.isComposite { return true }
            guard localHeader.kind.isRelocatable(to: targetHeader.kind) else { return false }
            switch localHeader.kind {
            case .pointer, .float:
                return true
            case .forward, .enumeration, .enumeration64:
                let localName = EssentialName.of(local.bytes(at: localHeader.name))
                let targetName = EssentialName.of(target.bytes(at: targetHeader.name))
                return localName.isEmpty || targetName.isEmpty || localName.elementsEqual(targetName)
            case .int:
                return local.integer(localType)?.bitOffset == 0 && target.integer(targetType)?.bitOffset == 0
            case .array:
                guard let one = local.array(localType), let other = target.array(targetType) else { return false }
                (localID, targetID) = (one.element, other.element)
            default:
                return false
            }
        }
    }
}
