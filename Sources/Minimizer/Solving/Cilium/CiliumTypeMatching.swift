import BTF

/// Types that a walk has to compare still, and those that it has compared.
private struct PairWalk {
    struct Pair: Hashable {
        let local: TypeID
        let target: TypeID
    }

    private var waiting: [Pair] = []
    private var visited: Set<Pair> = []

    mutating func push(_ local: TypeID, _ target: TypeID) { waiting.append(Pair(local: local, target: target)) }
    mutating func pop() -> Pair? { waiting.popLast() }
    mutating func isNew(_ local: TypeID, _ target: TypeID) -> Bool {
        visited.insert(Pair(local: local, target: target)).inserted
    }
}

extension CiliumComparison {
    /// Whether two names are one but for their flavours; one that is missing matches any.
    ///
    /// Source: `coreEssentialNamesMatch`.
    func essentialNamesMatch(_ localName: StringOffset, _ targetName: StringOffset) -> Bool {
        if localName.isEmpty || targetName.isEmpty { return true }
        return EssentialName.of(local.bytes(at: localName)).elementsEqual(
            EssentialName.of(target.bytes(at: targetName))
        )
    }

    /// Whether a target type has the same shape as a local one; members do not count.
    ///
    /// Source: `coreAreTypesCompatible`.
    mutating func areCompatible(_ localRoot: TypeID, _ targetRoot: TypeID) throws(Refusal) -> Bool {
        var walk = PairWalk()
        walk.push(localRoot, targetRoot)
        while let pair = walk.pop() {
            try budget.spend()
            let (localType, one) = try local.unqualified(pair.local)
            let (targetType, other) = try target.unqualified(pair.target)
            guard one.kind.isRelocatable(to: other.kind) else { return false }
            guard walk.isNew(localType, targetType) else { continue }
            switch one.kind {
            case .void, .structure, .union, .enumeration, .enumeration64, .forward, .int: continue
            case .pointer: walk.push(one.type, other.type)
            case .array:
                guard let array = local.array(localType), let counterpart = target.array(targetType) else {
                    return false
                }
                walk.push(array.element, counterpart.element)
                walk.push(array.index, counterpart.index)
            case .functionPrototype:
                guard try pushPrototypes(localType, targetType, &walk) else { return false }
            default: throw Refusal("a \(one.kind.standardName) cannot be compared")
            }
        }
        return true
    }

    private func pushPrototypes(
        _ localType: TypeID,
        _ targetType: TypeID,
        _ walk: inout PairWalk
    ) throws(Refusal) -> Bool {
        guard let one = local.prototype(localType), let other = target.prototype(targetType),
            one.parameters.count == other.parameters.count
        else { return false }
        for (parameter, counterpart) in zip(one.parameters, other.parameters).reversed() {
            walk.push(parameter.type, counterpart.type)
        }
        walk.push(one.result, other.result)
        return true
    }

    /// Whether a target type has all that a local one has, through pointers too.
    ///
    /// Source: `coreTypesMatch`.
    mutating func matches(_ localRoot: TypeID, _ targetRoot: TypeID) throws(Refusal) -> Bool {
        var walk = PairWalk()
        walk.push(localRoot, targetRoot)
        while let pair = walk.pop() {
            try budget.spend()
            let (localType, one) = try local.unqualified(pair.local)
            let (targetType, other) = try target.unqualified(pair.target)
            guard essentialNamesMatch(one.name, other.name), one.kind.isRelocatable(to: other.kind) else {
                return false
            }
            guard walk.isNew(localType, targetType) else { continue }
            switch one.kind {
            case .void: continue
            case .forward: guard one.kindFlag == other.kindFlag else { return false }
            case .enumeration, .enumeration64: guard try enumerationsMatch(localType, targetType) else { return false }
            case .structure, .union: guard try pushMembers(localType, targetType, &walk) else { return false }
            case .int:
                guard let integer = local.integer(localType), let counterpart = target.integer(targetType),
                    integer.size == counterpart.size,
                    (integer.encoding == .signed) == (counterpart.encoding == .signed)
                else { return false }
            case .pointer:
                guard try !isDeclaration(one.type, ofTarget: other.type) else { continue }
                walk.push(one.type, other.type)
            case .array:
                guard let array = local.array(localType), let counterpart = target.array(targetType),
                    array.count == counterpart.count
                else { return false }
                walk.push(array.element, counterpart.element)
            case .functionPrototype:
                guard try pushPrototypes(localType, targetType, &walk) else { return false }
            default: throw Refusal("a \(one.kind.standardName) cannot be matched")
            }
        }
        return true
    }

    /// Whether one of two pointees is a forward declaration and the other a struct or union of that kind, of any name.
    private func isDeclaration(_ localPointee: TypeID, ofTarget targetPointee: TypeID) throws(Refusal) -> Bool {
        let one = try local.unqualified(localPointee).header
        let other = try target.unqualified(targetPointee).header
        return one.declares(other) || other.declares(one)
    }

    private mutating func pushMembers(
        _ localType: TypeID,
        _ targetType: TypeID,
        _ walk: inout PairWalk
    ) throws(Refusal) -> Bool {
        let members = local.members(of: localType)
        let counterparts = target.members(of: targetType)
        guard members.count <= counterparts.count else { return false }
        for member in members.reversed() {
            let name = local.bytes(at: member.name)
            var found: Int?
            // Of several members of one name, the anonymous ones included, the last one counts.
            for index in counterparts.indices.reversed() where found == nil {
                try budget.spend()
                if target.bytes(at: counterparts[index].name).elementsEqual(name) { found = index }
            }
            guard let found else { return false }
            matched.append(found, of: targetType)
            walk.push(member.type, counterparts[found].type)
        }
        return true
    }

    /// Source: `coreEnumsMatch`.
    private mutating func enumerationsMatch(_ localType: TypeID, _ targetType: TypeID) throws(Refusal) -> Bool {
        guard let one = local.enumeration(localType), let other = target.enumeration(targetType),
            one.size == other.size, one.enumerators.count <= other.enumerators.count
        else { return false }
        for enumerator in one.enumerators {
            var isFound = false
            for counterpart in other.enumerators where !isFound {
                try budget.spend()
                isFound = essentialNamesMatch(enumerator.name, counterpart.name)
            }
            guard isFound else { return false }
        }
        return true
    }
}

extension TypeHeader {
    /// Whether this is a forward declaration of a type of the other's kind; names do not count.
    fileprivate func declares(_ other: TypeHeader) -> Bool {
        kind == .forward && other.kind == (kindFlag ? .union : .structure)
    }
}
