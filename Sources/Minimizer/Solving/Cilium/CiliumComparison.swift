import BTF

/// Compares one local type with one of a kernel's by cilium/ebpf's rules.
///
/// Source: cilium/ebpf's `coreCalculateFixup`. Impossible relocations are nil, errors are refusals.
struct CiliumComparison<Target: TypeSource> {
    let local: BTF
    let target: Target
    /// The byte order of the machine that the program runs on.
    let byteOrder: ByteOrder
    var budget: WorkBudget
    /// The members of the target that answered for the members of a local type that matches as a whole.
    var matched = MatchedMembers()

    /// The size of a pointer in bytes, whatever the machine.
    static var pointerSize: UInt32 { 8 }
    /// How many structs and unions one search for a member may visit: `maxResolveDepth`.
    static var maximumDepth: Int { 32 }

    /// What a candidate answers.
    struct Answer {
        let spec: AccessSpec
        /// What goes into the instruction.
        let value: UInt64
        /// What is expected in the instruction before.
        let local: UInt64
    }

    /// Answers a relocation, or nil where the candidate does not have what is asked for.
    mutating func answer(_ relocation: PreparedRelocation, on root: TypeID) throws(Refusal) -> Answer? {
        let kind = relocation.request.kind
        let localSpec = try relocation.spec.get()
        switch kind.subject {
        case .type: return try answerType(kind, localSpec.root, inObject: relocation.request.rootInObject, root)
        case .enumerator: return try answerEnumerator(kind, localSpec, root)
        case .field:
            if try target.unqualified(root).header.kind == .forward { return nil }
            guard let (localField, targetField) = try findField(localSpec, in: root) else { return nil }
            let (local, value) = try values(of: kind, localField, targetField)
            return Answer(spec: targetField.spec, value: value, local: local)
        }
    }

    private mutating func answerType(
        _ kind: RelocationKind,
        _ localRoot: TypeID,
        inObject: UInt32,
        _ root: TypeID
    ) throws(Refusal) -> Answer? {
        let isMatch = kind == .typeMatches ? try matches(localRoot, root) : try areCompatible(localRoot, root)
        guard isMatch else { return nil }
        let spec = AccessSpec(root: root)
        switch kind {
        case .typeIDTarget: return Answer(spec: spec, value: UInt64(root.rawValue), local: UInt64(inObject))
        case .typeSize:
            let before = try local.size(of: localRoot, pointerSize: Self.pointerSize)
            let after = try target.size(of: root, pointerSize: Self.pointerSize)
            return Answer(spec: spec, value: UInt64(after), local: UInt64(before))
        default: return Answer(spec: spec, value: 1, local: 1)
        }
    }

    /// Source: `coreFindEnumValue`.
    private mutating func answerEnumerator(
        _ kind: RelocationKind,
        _ localSpec: AccessSpec,
        _ root: TypeID
    ) throws(Refusal) -> Answer? {
        guard let accessor = localSpec.accessors.first, let name = accessor.name,
            let enumeration = local.enumeration(accessor.type)
        else { throw Refusal("the path leads to no enumerator") }
        let id = try target.unqualified(root).id
        guard let counterpart = target.enumeration(id) else { return nil }
        let wanted = EssentialName.of(local.bytes(at: name))
        for (index, enumerator) in counterpart.enumerators.enumerated() {
            try budget.spend()
            guard EssentialName.of(target.bytes(at: enumerator.name)).elementsEqual(wanted) else { continue }
            var found = AccessSpec(root: root)
            try found.append(step: UInt32(index))
            found.accessors.append(.init(type: id, index: UInt32(index), name: enumerator.name))
            guard kind == .enumeratorValue else { return Answer(spec: found, value: 1, local: 1) }
            let before = enumeration.enumerators[Int(accessor.index)].value
            return Answer(
                spec: found,
                value: UInt64(bitPattern: enumerator.value),
                local: UInt64(bitPattern: before)
            )
        }
        return nil
    }
}

// MARK: - Values of fields

extension CiliumComparison {
    private func values(
        of kind: RelocationKind,
        _ localField: Field<BTF>,
        _ targetField: Field<Target>
    ) throws(Refusal) -> (local: UInt64, target: UInt64) {
        switch kind {
        case .fieldByteOffset: return (UInt64(localField.offset), UInt64(targetField.offset))
        case .fieldByteSize: return (UInt64(try localField.size), UInt64(try targetField.size))
        case .fieldSigned: return try signedness(localField, targetField)
        case .fieldLeftShift:
            let shift =
                switch byteOrder {
                case .littleEndian: 64 &- targetField.bitfieldOffset &- (try targetField.sizeInBits)
                case .bigEndian: 64 &- (try targetField.size) &* 8 &+ targetField.bitfieldOffset
                }
            return (0, UInt64(shift))
        case .fieldRightShift: return (0, UInt64(64 &- (try targetField.sizeInBits)))
        default: return (1, 1)
        }
    }

    private func signedness(
        _ localField: Field<BTF>,
        _ targetField: Field<Target>
    ) throws(Refusal) -> (local: UInt64, target: UInt64) {
        let (localType, localHeader) = try local.unqualified(localField.type)
        let (targetType, targetHeader) = try target.unqualified(targetField.type)
        if localHeader.kind.isEnumeration {
            return (localHeader.kindFlag ? 1 : 0, targetHeader.kindFlag ? 1 : 0)
        }
        guard let one = local.integer(localType), let other = target.integer(targetType) else {
            throw Refusal("a \(localHeader.kind.standardName) has no signedness")
        }
        return (one.encoding.contains(.signed) ? 1 : 0, other.encoding.contains(.signed) ? 1 : 0)
    }
}
