import BTF

/// Compatible types: of the same kind, pointees, elements and prototypes included, members not.
///
/// Source: libbpf's `__bpf_core_types_are_compat`.
extension TypeComparison {
    /// Whether a target type has the same shape as a local one, which is what existence, size and ids ask for.
    mutating func areCompatible(_ localRoot: TypeID, _ targetRoot: TypeID) throws(Refusal) -> Bool {
        try areCompatible(localRoot, targetRoot, level: Self.maximumDepth)
    }

    private mutating func areCompatible(
        _ localRoot: TypeID,
        _ targetRoot: TypeID,
        level: Int
    ) throws(Refusal) -> Bool {
        guard local.kind(of: localRoot).isRelocatable(to: target.kind(of: targetRoot)) else { return false }
        var (localID, targetID) = (localRoot, targetRoot)
        for _ in 0..<Self.maximumDepth {
            try budget.spend()
            let (localType, localHeader) = try local.unqualified(localID)
            let (targetType, targetHeader) = try target.unqualified(targetID)
            guard localHeader.kind.isRelocatable(to: targetHeader.kind) else { return false }
            switch localHeader.kind {
            case .void, .structure, .union, .enumeration, .enumeration64, .forward:
                return true
            case .int:
                return local.integer(localType)?.bitOffset == 0 && target.integer(targetType)?.bitOffset == 0
            case .pointer:
                (localID, targetID) = (localHeader.type, targetHeader.type)
            case .array:
                guard let one = local.array(localType), let other = target.array(targetType) else { return false }
                (localID, targetID) = (one.element, other.element)
            case .functionPrototype:
                guard let one = local.prototype(localType), let other = target.prototype(targetType),
                    one.parameters.count == other.parameters.count
                else { return false }
                for (parameter, counterpart) in zip(one.parameters, other.parameters) {
                    guard level > 0 else { throw Self.tooDeep }
                    let localParameter = try local.unqualified(parameter.type).id
                    let targetParameter = try target.unqualified(counterpart.type).id
                    guard try areCompatible(localParameter, targetParameter, level: level - 1) else { return false }
                }
                (localID, targetID) = (one.result, other.result)
            default:
                return false
            }
        }
        throw Self.tooDeep
    }
}

/// Matching types: all that the local type has, the target has too.
///
/// Source: libbpf's `__bpf_core_types_match`.
extension TypeComparison {
    /// Whether a target type has all members or enumerators of a local one, recursively up to pointers.
    mutating func matches(_ localRoot: TypeID, _ targetRoot: TypeID) throws(Refusal) -> Bool {
        try matches(localRoot, targetRoot, isBehindPointer: false, level: Self.maximumDepth)
    }

    private mutating func matches(
        _ localRoot: TypeID,
        _ targetRoot: TypeID,
        isBehindPointer: Bool,
        level: Int
    ) throws(Refusal) -> Bool {
        guard level > 0 else { throw Self.tooDeep }
        var (localID, targetID, isBehindPointer) = (localRoot, targetRoot, isBehindPointer)
        for _ in 0..<Self.maximumDepth {
            try budget.spend()
            let (localType, localHeader) = try local.unqualified(localID)
            let (targetType, targetHeader) = try target.unqualified(targetID)
            guard namesMatch(localHeader.name, targetHeader.name) else { return false }
            switch localHeader.kind {
            case .void:
                return targetHeader.kind == .void
            case .forward:
                return forward(isUnion: localHeader.kindFlag, matches: targetHeader, isBehindPointer)
            case .enumeration, .enumeration64:
                return try enumerationsMatch(localType, targetType)
            case .structure, .union:
                if isBehindPointer { return compositeMatchesByName(localHeader, targetHeader) }
                guard localHeader.kind == targetHeader.kind else { return false }
                return try membersMatch(localType, targetType, level: level)
            case .int:
                guard let one = local.integer(localType), let other = target.integer(targetType) else { return false }
                return one.size == other.size && one.encoding.contains(.signed) == other.encoding.contains(.signed)
            case .pointer:
                guard targetHeader.kind == .pointer else { return false }
                isBehindPointer = true
                (localID, targetID) = (localHeader.type, targetHeader.type)
            case .array:
                guard let one = local.array(localType), let other = target.array(targetType), one.count == other.count
                else { return false }
                (localID, targetID) = (one.element, other.element)
            case .functionPrototype:
                guard let one = local.prototype(localType), let other = target.prototype(targetType),
                    one.parameters.count == other.parameters.count
                else { return false }
                for (parameter, counterpart) in zip(one.parameters, other.parameters) {
                    let isMatch = try matches(
                        parameter.type,
                        counterpart.type,
                        isBehindPointer: isBehindPointer,
                        level: level - 1
                    )
                    guard isMatch else { return false }
                }
                (localID, targetID) = (one.result, other.result)
            default:
                return false
            }
        }
        throw Self.tooDeep
    }

    /// Source: libbpf's `bpf_core_names_match`.
    private func namesMatch(_ localName: StringOffset, _ targetName: StringOffset) -> Bool {
        let targetBytes = target.bytes(at: targetName)
        let localBytes = local.bytes(at: localName)
        if targetBytes.isEmpty { return localBytes.isEmpty }
        return EssentialName.of(localBytes).elementsEqual(EssentialName.of(targetBytes))
    }

    private func forward(isUnion: Bool, matches target: TypeHeader, _ isBehindPointer: Bool) -> Bool {
        if target.kind == .forward { return isUnion == target.kindFlag }
        return isBehindPointer && target.kind == (isUnion ? .union : .structure)
    }

    private func compositeMatchesByName(_ local: TypeHeader, _ target: TypeHeader) -> Bool {
        if local.kind == target.kind { return true }
        return target.kind == .forward && (local.kind == .union) == target.kindFlag
    }

    private mutating func enumerationsMatch(_ localID: TypeID, _ targetID: TypeID) throws(Refusal) -> Bool {
        guard let one = local.enumeration(localID), let other = target.enumeration(targetID),
            one.size == other.size, one.enumerators.count <= other.enumerators.count
        else { return false }
        for enumerator in one.enumerators {
            var isFound = false
            for counterpart in other.enumerators where !isFound {
                try budget.spend()
                isFound = namesMatch(enumerator.name, counterpart.name)
            }
            guard isFound else { return false }
        }
        return true
    }

    private mutating func membersMatch(_ localID: TypeID, _ targetID: TypeID, level: Int) throws(Refusal) -> Bool {
        let localMembers = local.members(of: localID)
        let targetMembers = target.members(of: targetID)
        guard localMembers.count <= targetMembers.count else { return false }
        for member in localMembers {
            var isFound = false
            for (index, counterpart) in targetMembers.enumerated() where !isFound {
                try budget.spend()
                guard namesMatch(member.name, counterpart.name) else { continue }
                let count = matched.entries.count
                isFound = try matches(member.type, counterpart.type, isBehindPointer: false, level: level - 1)
                if isFound { matched.append(index, of: targetID) } else { matched.shrink(to: count) }
            }
            guard isFound else { return false }
        }
        return true
    }
}
