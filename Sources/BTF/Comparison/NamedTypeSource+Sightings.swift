extension NamedTypeSource {
    /// Finds a type, or a part of one, by its path.
    ///
    /// - Parameter path: the path; every type of its name is looked at, declarations are not.
    /// - Returns: what was found, each once, in a fixed order; none when the source does not have it.
    public func sightings(of path: TypePath) -> [TypeSighting] { sightingsWithReads(of: path).sightings }

    /// Finds a type, or a part of one, and says what that rests on: where these types are the same, and the types of
    /// these names, it is found the same.
    ///
    /// - Parameter path: the path.
    /// - Returns: what was found; the types that were looked at, generously counted; the names that were looked up.
    public func sightingsWithReads(
        of path: TypePath
    ) -> (sightings: [TypeSighting], types: Set<TypeID>, names: [[UInt8]]) {
        let pointerSize = pointerSize
        var reads = ReadTypes(of: self)
        var found: Set<TypeSighting> = []
        for id in ids(named: Array(path.type.utf8)) {
            let header = header(of: id)
            reads.note(id)
            guard header.kind != .forward, header.kind != .declarationTag else { continue }
            let kind = ComparedKind(header)
            guard path.kind == nil || path.kind == kind else { continue }
            if path.members.isEmpty {
                reads.noteDeclaration(of: id)
                if header.kind.isComposite { reads.noteMembers(of: id, isWithText: true) }
                found.insert(sighting(of: id, kind, pointerSize: pointerSize))
            } else if let member = sighting(of: path.members[...], in: id, kind, pointerSize: pointerSize, &reads) {
                found.insert(member)
            }
        }
        let sightings = found.sorted {
            ($0.kind.rawValue, $0.bitOffset ?? 0, $0.bitSize ?? 0, $0.text, $0.contents)
                < ($1.kind.rawValue, $1.bitOffset ?? 0, $1.bitSize ?? 0, $1.text, $1.contents)
        }
        return (sightings, reads.ids, [Array(path.type.utf8)] + BTF.namesOfLong)
    }

    private func sighting(of id: TypeID, _ kind: ComparedKind, pointerSize: UInt32) -> TypeSighting {
        TypeSighting(
            kind: kind,
            bitOffset: nil,
            bitSize: bitSize(of: id, pointerSize: pointerSize),
            isBitfield: false,
            text: description(of: id),
            contents: hash(of: id)
        )
    }

    private func sighting(
        of members: ArraySlice<String>,
        in id: TypeID,
        _ kind: ComparedKind,
        pointerSize: UInt32,
        _ reads: inout ReadTypes<Self>
    ) -> TypeSighting? {
        reads.noteDeclaration(of: id)
        guard let composite = self.composite(behind: id) else { return enumerator(members, of: id, kind) }
        guard let (member, offset) = member(at: members, of: composite, depth: 0, &reads) else { return nil }
        reads.noteDeclaration(of: member.type)
        return TypeSighting(
            kind: kind,
            bitOffset: offset,
            bitSize: member.bitfieldWidth ?? bitSize(of: member.type, pointerSize: pointerSize),
            isBitfield: member.bitfieldWidth != nil,
            text: TypeText.declaration(of: member.type, in: self),
            contents: 0
        )
    }

    /// Follows names into a struct, and into the structs that its members are.
    private func member(
        at path: ArraySlice<String>,
        of id: TypeID,
        depth: Int,
        _ reads: inout ReadTypes<Self>
    ) -> (member: FlatMember, bitOffset: UInt64)? {
        guard depth < 16 else { return nil }
        reads.noteMembers(of: id, isWithText: false)
        let list = flatMembers(of: id)
        for length in stride(from: path.count, through: 1, by: -1) {
            let joined = path.prefix(length).joined(separator: ".")
            guard let member = list.first(where: { $0.path == joined }) else { continue }
            if length == path.count { return (member, member.bitOffset) }
            reads.noteDeclaration(of: member.type)
            guard let inner = composite(behind: member.type),
                let (found, offset) = self.member(at: path.dropFirst(length), of: inner, depth: depth + 1, &reads)
            else { continue }
            return (found, member.bitOffset + offset)
        }
        return nil
    }

    private func enumerator(_ path: ArraySlice<String>, of id: TypeID, _ kind: ComparedKind) -> TypeSighting? {
        guard path.count == 1, let name = path.first, case .enumeration(let enumeration) = self[id],
            let enumerator = enumeration.enumerators.first(where: { string(at: $0.name) == name })
        else { return nil }
        return TypeSighting(
            kind: kind,
            bitOffset: nil,
            bitSize: UInt64(enumeration.size) * 8,
            isBitfield: false,
            text: enumeration.printedValue(enumerator),
            contents: 0
        )
    }
}

// MARK: - Sizes and contents

extension NamedTypeSource {
    /// The struct or union that a type is, behind typedefs and qualifiers.
    private func composite(behind type: TypeID) -> TypeID? {
        var id = type
        for _ in 0..<64 {
            let header = header(of: id)
            if header.kind.isComposite { return id }
            guard header.kind.isModifier || header.kind == .typedef else { return nil }
            id = header.type
        }
        return nil
    }

    /// The size of a type in bits, or nil when it has none.
    private func bitSize(of type: TypeID, pointerSize: UInt32) -> UInt64? {
        var id = type
        var count: UInt64 = 8
        for _ in 0..<64 {
            let header = header(of: id)
            var size = header.sizeOrType
            switch header.kind {
            case .void, .forward, .function, .functionPrototype, .declarationTag: return nil
            case .typedef, .volatile, .const, .restrict, .typeTag, .variable:
                id = header.type
                continue
            case .array:
                guard let array = arrayParts(of: id) else { return nil }
                let (product, overflows) = count.multipliedReportingOverflow(by: UInt64(array.count))
                if overflows { return nil }
                count = product
                id = array.element
                continue
            case .pointer: size = pointerSize
            default: break
            }
            let (product, overflows) = count.multipliedReportingOverflow(by: UInt64(size))
            return overflows ? nil : product
        }
        return nil
    }

    /// A hash of a type's record, of its members as a person reads them, and of its description.
    private func hash(of id: TypeID) -> UInt64 {
        var text = description(of: id)
        switch self[id] {
        case .composite:
            for member in flatMembers(of: id) {
                let type = TypeText.declaration(of: member.type, in: self)
                text += ";\(member.path)@\(member.bitOffset):\(member.bitfieldWidth ?? 0) \(type)"
            }
        case .enumeration(let enumeration):
            for enumerator in enumeration.enumerators {
                text += ";\(string(at: enumerator.name))=\(enumeration.printedValue(enumerator))"
            }
        default: break
        }
        return Array(text.utf8).withUnsafeBytes { contentHash($0) }
    }
}
