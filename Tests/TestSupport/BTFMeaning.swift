public import BTF

/// Compares two BTFs by what they say: ids, the order of types and the order of strings do not count.
///
/// Each type is described by its own contents; a reference to a named type is followed `depth` times and then stands
/// for the type's kind and name.
public struct BTFMeaning: Equatable, Sendable {
    /// For each kind the descriptions that occur, each once.
    public let descriptions: [Kind: Set<String>]

    /// Describes a BTF.
    ///
    /// - Parameters:
    ///   - types: the BTF.
    ///   - depth: how many named types a reference is followed through.
    public init(of types: BTF, depth: Int = 3) {
        var description = Description(types: types)
        var descriptions: [Kind: Set<String>] = [:]
        for id in types.ids {
            descriptions[types.kind(of: id), default: []].insert(description.text(of: id, depth: depth))
        }
        self.descriptions = descriptions
    }

    /// What one side says and the other does not; empty when both say the same.
    ///
    /// - Parameter other: the other side.
    /// - Returns: one line for each difference, those of this side marked `-`, those of the other `+`.
    public func differences(from other: BTFMeaning) -> [String] {
        Kind.allCases.flatMap { kind in
            let (one, two) = (descriptions[kind] ?? [], other.descriptions[kind] ?? [])
            return one.subtracting(two).sorted().map { "- \($0)" } + two.subtracting(one).sorted().map { "+ \($0)" }
        }
    }
}

private struct Description {
    let types: BTF
    private var memo: [Key: String] = [:]

    private struct Key: Hashable {
        let id: TypeID
        let depth: Int
    }

    init(types: BTF) { self.types = types }

    private mutating func reference(_ id: TypeID, _ depth: Int) -> String {
        let header = types.header(of: id)
        guard !header.name.isEmpty, header.kind != .int, header.kind != .float else {
            return text(of: id, depth: depth)
        }
        guard depth > 0 else { return "\(header.kind.standardName) \(types.string(at: header.name))" }
        return text(of: id, depth: depth - 1)
    }

    mutating func text(of id: TypeID, depth: Int) -> String {
        let key = Key(id: id, depth: depth)
        if let known = memo[key] { return known }
        let header = types.header(of: id)
        let name = types.string(at: header.name)
        // What leads back here is described by its name alone.
        memo[key] = "cycle \(header.kind.standardName) \(name)"
        let text = "\(header.kind.standardName) \(name) \(contents(of: id, depth))"
        memo[key] = text
        return text
    }

    private mutating func contents(of id: TypeID, _ depth: Int) -> String {
        switch types[id] {
        case .void: return ""
        case .int(let int): return "\(int.size) \(int.encoding.rawValue) \(int.bitOffset) \(int.bits)"
        case .float(_, let size): return "\(size)"
        case .pointer(let target), .typedef(_, let target), .volatile(let target), .const(let target),
            .restrict(let target):
            return reference(target, depth)
        case .typeTag(_, let target, let isAttribute): return "\(isAttribute) \(reference(target, depth))"
        case .forward(_, let isUnion): return "\(isUnion)"
        case .array(let array):
            return "\(array.count) of \(reference(array.element, depth)) by \(reference(array.index, depth))"
        case .composite(let composite):
            var text = "\(composite.size) {"
            for member in composite.members {
                text += " \(types.string(at: member.name))@\(member.bitOffset):\(member.bitfieldSize)"
                text += " \(reference(member.type, depth));"
            }
            return text + " }"
        case .enumeration(let enumeration):
            let values = enumeration.enumerators.map { "\(types.string(at: $0.name))=\($0.value)" }
            return "\(enumeration.size) \(enumeration.isSigned) \(values)"
        case .functionPrototype(let prototype):
            var text = "\(reference(prototype.result, depth)) ("
            for parameter in prototype.parameters {
                text += " \(types.string(at: parameter.name)) \(reference(parameter.type, depth)),"
            }
            return text + " )"
        case .function(let function): return "\(function.linkage.rawValue) \(reference(function.prototype, depth))"
        case .variable(let variable): return "\(variable.linkage.rawValue) \(reference(variable.type, depth))"
        case .dataSection(let section):
            return section.entries.map { "\(reference($0.variable, depth))+\($0.size)" }.sorted().joined()
        case .declarationTag(let tag):
            return "\(tag.component) \(tag.isAttribute) \(reference(tag.target, depth))"
        }
    }
}
