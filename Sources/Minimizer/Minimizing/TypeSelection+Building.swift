import BTF

/// What is built of the members that are not chosen.
enum UnchosenMembers {
    /// They are left out.
    case dropped
    /// They stay, without name and type, so that the others keep their indexes.
    case blanked
}

extension TypeSelection {
    /// Builds one BTF of all that is chosen. A reference to a type that is not chosen becomes one to void.
    ///
    /// - Parameter unchosen: what becomes of the members that are not chosen.
    /// - Returns: the BTF, and for each of its types, from id 1 on, which type it was.
    /// - Throws: `BTFError` when the types cannot be written.
    func build(_ unchosen: UnchosenMembers = .dropped) throws(BTFError) -> (types: BTF, origins: [TypeReference]) {
        var ids: [TypeReference: TypeID] = [:]
        return (try build(order, over: nil, unchosen, &ids), order)
    }

    /// Builds a BTF of each part that is chosen of: vmlinux's, and split BTF of the modules over it.
    ///
    /// - Parameter isCanonical: whether the results are brought into canonical form.
    /// - Returns: vmlinux's BTF, and the modules' by their place among the kernel's.
    /// - Throws: `BTFError` when the types cannot be written.
    func buildParts(isCanonical: Bool) throws(BTFError) -> (vmlinux: BTF, modules: [(place: Int, types: BTF)]) {
        var ids: [TypeReference: TypeID] = [:]
        let own = order.filter { $0.part == nil }
        var vmlinux = try build(own, over: nil, .dropped, &ids)
        if isCanonical {
            let (canonical, moved) = try vmlinux.canonicalizedMappingIDs()
            for (type, id) in zip(own, moved) { ids[type] = id }
            vmlinux = canonical
        }
        var modules: [(Int, BTF)] = []
        for place in self.modules {
            let types = try build(order.filter { $0.part == place }, over: vmlinux, .dropped, &ids)
            modules.append((place, isCanonical ? try types.canonicalized() : types))
        }
        return (vmlinux, modules)
    }

    private func build(
        _ origins: [TypeReference],
        over base: BTF?,
        _ unchosen: UnchosenMembers,
        _ ids: inout [TypeReference: TypeID]
    ) throws(BTFError) -> BTF {
        var builder = BTFBuilder(byteOrder: source.vmlinux.byteOrder, base: base)
        let first = builder.nextID.rawValue
        for (index, origin) in origins.enumerated() { ids[origin] = TypeID(first + UInt32(index)) }
        var names = NameBudget()
        for origin in origins {
            builder.add(copy(of: origin, ids, unchosen, &builder, &names))
            guard names.left > 0 else {
                throw BTFError(.strings, offset: 0, "the names of the types add up to more than 256 MiB")
            }
        }
        return try builder.build()
    }

    /// A chosen type with its names in the builder's strings and its references in the new ids.
    private func copy(
        of origin: TypeReference,
        _ ids: [TypeReference: TypeID],
        _ unchosen: UnchosenMembers,
        _ builder: inout BTFBuilder,
        _ names: inout NameBudget
    ) -> BTFType {
        let types = source.types(of: origin.part)
        func new(_ id: TypeID) -> TypeID { ids[reference(id, in: origin.part)] ?? .void }
        func name(_ offset: StringOffset) -> StringOffset {
            let bytes = types.bytes(at: offset, limit: names.left)
            names.left -= bytes.count
            return builder.intern(bytes: bytes)
        }
        switch types[origin.id] {
        case .int(var int):
            int.name = name(int.name)
            return .int(int)
        case .pointer(let target):
            return .pointer(new(target))
        case .array(let array):
            return .array(.init(element: new(array.element), index: new(array.index), count: array.count))
        case .composite(let composite):
            let wanted = chosen[origin] ?? []
            let members = composite.members.enumerated().compactMap { index, member -> BTFType.Member? in
                var copy = member
                if wanted.contains(index) {
                    (copy.name, copy.type) = (name(member.name), new(member.type))
                } else if unchosen == .blanked {
                    (copy.name, copy.type) = (.empty, .void)
                } else {
                    return nil
                }
                return copy
            }
            return .composite(
                .init(isUnion: composite.isUnion, name: name(composite.name), size: composite.size, members: members)
            )
        case .enumeration(var enumeration):
            enumeration.name = name(enumeration.name)
            for index in enumeration.enumerators.indices {
                enumeration.enumerators[index].name = name(enumeration.enumerators[index].name)
            }
            return .enumeration(enumeration)
        case .forward(let offset, let isUnion): return .forward(name: name(offset), isUnion: isUnion)
        case .typedef(let offset, let target): return .typedef(name: name(offset), new(target))
        case .volatile(let target): return .volatile(new(target))
        case .const(let target): return .const(new(target))
        case .restrict(let target): return .restrict(new(target))
        case .typeTag(let offset, let target, let isAttribute):
            return .typeTag(name: name(offset), new(target), isAttribute: isAttribute)
        case .float(let offset, let size): return .float(name: name(offset), size: size)
        case .functionPrototype(let prototype):
            let parameters = prototype.parameters.map { parameter in
                BTFType.Parameter(name: name(parameter.name), type: new(parameter.type))
            }
            return .functionPrototype(.init(result: new(prototype.result), parameters: parameters))
        // Only a root can be one of these; none is ever compatible, so that what they refer to does not count.
        case .function(var function):
            (function.name, function.prototype) = (name(function.name), .void)
            return .function(function)
        case .variable(var variable):
            (variable.name, variable.type) = (name(variable.name), .void)
            return .variable(variable)
        case .dataSection(var section):
            (section.name, section.entries) = (name(section.name), [])
            return .dataSection(section)
        case .declarationTag(var tag):
            (tag.name, tag.target) = (name(tag.name), .void)
            return .declarationTag(tag)
        case .void:
            return .void
        }
    }
}

/// Counts the bytes of names that are copied. Hostile data can give every member a name as long as the data.
struct NameBudget {
    var left = 256 << 20
}
