extension ComparedKind {
    /// What a type's record describes.
    init(_ header: TypeHeader) {
        switch header.sharedKind {
        case .structure: self = .structure
        case .union: self = .union
        case .enumeration: self = .enumeration
        case .typedef: self = .typedef
        case .function: self = .function
        case .variable: self = .variable
        case .dataSection: self = .section
        case .int: self = .integer
        case .float: self = .float
        case .declarationTag: self = .tag
        default: self = .other
        }
    }
}

extension TypeSource {
    /// What a type is, on one line: a declaration in C, or how large it is and how many parts it has.
    func description(of id: TypeID) -> String {
        switch self[id] {
        case .composite(let composite):
            return "\(Self.counted(composite.size, "byte")), \(Self.counted(composite.members.count, "member"))"
        case .enumeration(let enumeration):
            let values = enumeration.enumerators.prefix(3).map {
                "\(string(at: $0.name)) = \(enumeration.printedValue($0))"
            }
            let rest = enumeration.enumerators.count - values.count
            let text = values.joined(separator: ", ")
            return rest > 0 ? "{ \(text), … \(rest) more }" : "{ \(text) }"
        case .forward: return "only declared"
        case .typedef(let name, let target): return TypeText.declaration(of: target, string(at: name), in: self)
        case .function(let function):
            let text = TypeText.function(string(at: function.name), prototype: function.prototype, in: self)
            return function.linkage == .static ? text : "\(function.linkage.printedName) \(text)"
        case .variable(let variable):
            let text = TypeText.declaration(of: variable.type, string(at: variable.name), in: self)
            return variable.linkage == .static ? text : "\(variable.linkage.printedName) \(text)"
        case .dataSection(let section):
            return "\(Self.counted(section.size, "byte")), \(Self.counted(section.entries.count, "variable"))"
        case .int(let int):
            let sign = int.encoding.contains(.signed) ? "signed" : "unsigned"
            let use =
                int.encoding.contains(.boolean) ? ", boolean" : int.encoding.contains(.character) ? ", character" : ""
            let place = int.bitOffset == 0 ? "" : " from bit \(int.bitOffset)"
            return "\(sign), \(Self.counted(int.bits, "bit"))\(place) in \(Self.counted(int.size, "byte"))\(use)"
        case .float(_, let size): return Self.counted(size, "byte")
        case .declarationTag(let tag):
            let target = header(of: tag.target)
            let part = tag.component < 0 ? "" : ", part \(tag.component)"
            return "on \(ComparedKind(target).rawValue) \(string(at: target.name))\(part)"
        default: return TypeText.declaration(of: id, in: self)
        }
    }

    private static func counted(_ count: some BinaryInteger, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
}
