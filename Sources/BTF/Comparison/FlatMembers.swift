/// A member of a struct or union, or of what lies in it without a name.
struct FlatMember {
    /// The names that lead to it, anonymous structs and unions left out: `pid`, `bits.low`.
    let path: String
    /// Its type.
    let type: TypeID
    /// Where it starts, in bits from the start of the outermost struct.
    let bitOffset: UInt64
    /// The width of a bitfield in bits, or nil for any other member.
    let bitfieldWidth: UInt64?
    /// The place in the list of the named member that this one is part of, or nil.
    let container: Int?
    /// Whether the list goes on with what this member's type, which has no name, holds.
    let isContainer: Bool
}

extension TypeSource {
    /// The members of a struct or union, those included of structs and unions without a name that lie in it.
    ///
    /// - Parameter id: the struct or union.
    /// - Returns: the members, each before what it holds; anonymous ones themselves are left out. Those of anonymous
    ///   structs that contain each other many times over, as no compiler's do, are left out behind a limit.
    func flatMembers(of id: TypeID) -> [FlatMember] {
        var list: [FlatMember] = []
        let limit = 512 + 64 * header(of: id).count
        appendFlatMembers(of: id, at: 0, path: "", container: nil, depth: 0, limit, &list)
        return list
    }

    private func appendFlatMembers(
        of id: TypeID,
        at start: UInt64,
        path: String,
        container: Int?,
        depth: Int,
        _ limit: Int,
        _ list: inout [FlatMember]
    ) {
        let statesSizes = header(of: id).kindFlag
        for member in members(of: id) {
            guard list.count < limit else { return }
            let bits = bitfield(of: member, statesSizes: statesSizes)
            let offset = start + (bits?.offset ?? UInt64(member.bitOffset))
            let inner = depth < 16 ? namelessComposite(member.type) : nil
            let name = string(at: member.name)
            if name.isEmpty, let inner {
                appendFlatMembers(
                    of: inner,
                    at: offset,
                    path: path,
                    container: container,
                    depth: depth + 1,
                    limit,
                    &list
                )
                continue
            }
            list.append(
                FlatMember(
                    path: path + name,
                    type: member.type,
                    bitOffset: offset,
                    bitfieldWidth: bits?.width,
                    container: container,
                    isContainer: inner != nil
                )
            )
            guard let inner else { continue }
            let index = list.count - 1
            appendFlatMembers(
                of: inner,
                at: offset,
                path: path + name + ".",
                container: index,
                depth: depth + 1,
                limit,
                &list
            )
        }
    }

    /// The struct or union without a name that a type is, perhaps in an array or qualified.
    private func namelessComposite(_ type: TypeID) -> TypeID? {
        var id = type
        for _ in 0..<16 {
            let header = header(of: id)
            switch header.kind {
            case .structure, .union: return header.name.isEmpty ? id : nil
            case .const, .volatile: id = header.type
            case .array:
                guard let array = arrayParts(of: id) else { return nil }
                id = array.element
            default: return nil
            }
        }
        return nil
    }
}
