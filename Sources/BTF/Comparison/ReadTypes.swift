/// What a look at types has read, noted generously: an answer holds for every BTF in which these types are the same.
struct ReadTypes<Source: TypeSource> {
    private(set) var ids: Set<TypeID> = []
    private let btf: Source

    init(of btf: Source) { self.btf = btf }

    /// Notes a type's own record.
    mutating func note(_ id: TypeID) { if id != .void { ids.insert(id) } }

    /// Notes a type with all that its text or its size rests on: what is reached up to the next struct, union or
    /// enumeration, which is noted itself.
    mutating func noteDeclaration(of type: TypeID) {
        var rest = [type]
        while let id = rest.popLast() {
            guard id != .void, ids.insert(id).inserted else { continue }
            switch btf[id] {
            case .composite, .enumeration: break
            case .functionPrototype(let prototype): rest += prototype.parameters.map(\.type) + [prototype.result]
            case .array(let array): rest.append(array.element)
            default:
                let header = btf.header(of: id)
                if header.kind.refersThroughHeader { rest.append(header.type) }
            }
        }
    }

    /// Notes a struct or union with what its members are made of, by value, up to the next name.
    ///
    /// - Parameters:
    ///   - composite: the struct or union.
    ///   - isWithText: whether the members' declarations are read too.
    mutating func noteMembers(of composite: TypeID, isWithText: Bool) {
        var rest = [composite]
        var done: Set<TypeID> = []
        while let id = rest.popLast() {
            note(id)
            guard done.insert(id).inserted else { continue }
            switch btf[id] {
            case .composite(let parts):
                guard id == composite || parts.name.isEmpty else { continue }
                rest += parts.members.map(\.type)
                if isWithText { for member in parts.members { noteDeclaration(of: member.type) } }
            case .array(let array): rest.append(array.element)
            default:
                let header = btf.header(of: id)
                if header.kind == .const || header.kind == .volatile { rest.append(header.type) }
            }
        }
    }
}
