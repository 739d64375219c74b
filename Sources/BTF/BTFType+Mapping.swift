extension BTFType {
    /// The type with its references and names replaced, as it is put into another BTF.
    ///
    /// - Parameters:
    ///   - type: gives a reference's id in the other BTF.
    ///   - name: gives a name's place in the other BTF.
    /// - Returns: the type.
    public func mapping(type: (TypeID) -> TypeID, name: (StringOffset) -> StringOffset) -> BTFType {
        switch self {
        case .void: return .void
        case .int(var int):
            int.name = name(int.name)
            return .int(int)
        case .float(let own, let size): return .float(name: name(own), size: size)
        case .pointer(let target): return .pointer(type(target))
        case .const(let target): return .const(type(target))
        case .volatile(let target): return .volatile(type(target))
        case .restrict(let target): return .restrict(type(target))
        case .typedef(let own, let target): return .typedef(name: name(own), type(target))
        case .typeTag(let own, let target, let isAttribute):
            return .typeTag(name: name(own), type(target), isAttribute: isAttribute)
        case .forward(let own, let isUnion): return .forward(name: name(own), isUnion: isUnion)
        case .array(let array):
            return .array(.init(element: type(array.element), index: type(array.index), count: array.count))
        case .composite(var composite):
            composite.name = name(composite.name)
            for index in composite.members.indices {
                composite.members[index].name = name(composite.members[index].name)
                composite.members[index].type = type(composite.members[index].type)
            }
            return .composite(composite)
        case .enumeration(var enumeration):
            enumeration.name = name(enumeration.name)
            for index in enumeration.enumerators.indices {
                enumeration.enumerators[index].name = name(enumeration.enumerators[index].name)
            }
            return .enumeration(enumeration)
        case .function(let function):
            return .function(
                .init(name: name(function.name), prototype: type(function.prototype), linkage: function.linkage)
            )
        case .functionPrototype(let prototype):
            let parameters = prototype.parameters.map { Parameter(name: name($0.name), type: type($0.type)) }
            return .functionPrototype(.init(result: type(prototype.result), parameters: parameters))
        case .variable(let variable):
            return .variable(
                .init(name: name(variable.name), type: type(variable.type), linkage: variable.linkage)
            )
        case .dataSection(var section):
            section.name = name(section.name)
            for index in section.entries.indices {
                section.entries[index].variable = type(section.entries[index].variable)
            }
            return .dataSection(section)
        case .declarationTag(var tag):
            tag.name = name(tag.name)
            tag.target = type(tag.target)
            return .declarationTag(tag)
        }
    }
}
