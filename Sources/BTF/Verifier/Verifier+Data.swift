// MARK: - Types of data

extension Verifier {
    mutating func check(_ int: BTFType.Integer, _ id: TypeID) {
        if let word = btf.firstExtraWord(of: id), word & 0xf000_ff00 != 0 {
            note(id, .reservedBits, "bits of its encoding are set that mean nothing")
        }
        let encoding = int.encoding
        if encoding != [], encoding != .signed, encoding != .character, encoding != .boolean {
            note(id, .reservedBits, "encoding \(encoding.rawValue) is not one of SIGNED, CHAR and BOOL")
        }
        let bits = Int(int.bitOffset) + Int(int.bits)
        if int.size == 0 || int.size > 16 || int.bits == 0 || bits > 128 || UInt64(bits) > UInt64(int.size) * 8 {
            note(id, .sizes, "\(int.bits) bits from bit \(int.bitOffset) do not fit \(int.size) bytes")
        }
    }

    mutating func check(_ enumeration: BTFType.Enumeration, _ id: TypeID) {
        if ![1, 2, 4, 8].contains(enumeration.size) {
            note(id, .sizes, "an enumeration cannot have \(enumeration.size) bytes")
        }
        for enumerator in enumeration.enumerators where !isIdentifier(enumerator.name) {
            noteName(enumerator.name, of: id)
        }
    }

    mutating func check(_ array: BTFType.Array, _ id: TypeID) {
        checkReferenced(array.element, by: id, allowsVoid: false)
        if case .int = btf[resolved(array.index)] {
        } else {
            note(id, .references, "its index is no integer")
        }
        if sizes[array.element] == nil {
            if array.element != .void { note(id, .references, "its elements have no size") }
        } else if sizes[id] == nil {
            note(id, .sizes, "its size does not fit 32 bits")
        }
    }

    mutating func check(_ composite: BTFType.Composite, _ id: TypeID) {
        var lastOffset: UInt32 = 0
        for member in composite.members {
            if !isEmpty(member.name), !isIdentifier(member.name) { noteName(member.name, of: id) }
            let name = btf.printedName(member.name)
            if composite.isUnion, member.bitOffset != 0 {
                note(id, .members, "member '\(name)' of a union starts at bit \(member.bitOffset)")
            }
            if member.bitOffset < lastOffset {
                note(id, .members, "member '\(name)' stands behind one with a higher offset")
            }
            lastOffset = member.bitOffset
            guard let size = sizes[member.type] else {
                note(id, .references, "member '\(name)' is of type \(member.type), which has no size")
                continue
            }
            check(member, size: size, composite, id)
        }
    }

    private mutating func check(
        _ member: BTFType.Member,
        size: UInt32,
        _ composite: BTFType.Composite,
        _ id: TypeID
    ) {
        let name = btf.printedName(member.name)
        let end: UInt64
        if let bits = btf.bitfield(of: member, statesSizes: composite.statesBitfieldSizes) {
            end = bits.offset + bits.width
            let kind = btf.kind(of: resolved(member.type))
            if kind != .int, !kind.isEnumeration {
                note(id, .references, "bitfield '\(name)' is of a \(kind.standardName)")
            } else if bits.width > min(UInt64(size) * 8, 128) {
                note(id, .members, "bitfield '\(name)' of \(bits.width) bits does not fit its type")
            }
        } else {
            end = UInt64(member.bitOffset) + UInt64(size) * 8
            if !member.bitOffset.isMultiple(of: 8) {
                note(id, .members, "member '\(name)' starts within a byte, at bit \(member.bitOffset)")
            }
        }
        if end > UInt64(composite.size) * 8 {
            note(id, .members, "member '\(name)' ends at bit \(end), past the size of \(composite.size) bytes")
        }
    }

    /// Checks that a type may stand behind a pointer, a qualifier or a typedef, or in an array.
    mutating func checkReferenced(_ target: TypeID, by id: TypeID, allowsVoid: Bool) {
        let kind = btf.kind(of: target)
        switch kind {
        case .void where !allowsVoid, .function, .variable, .dataSection, .declarationTag:
            note(id, .references, "a \(btf.kind(of: id).standardName) cannot refer to a \(kind.standardName)")
        default: break
        }
    }

    /// What a type is behind its typedefs and qualifiers, or void when there is no end to them.
    func resolved(_ id: TypeID) -> TypeID {
        var id = id
        for _ in 0..<Self.longestChain {
            let header = btf.header(of: id)
            guard header.kind == .typedef || header.kind.isModifier else { return id }
            id = header.type
        }
        return .void
    }

    /// How many typedefs and qualifiers may stand before an index or a bitfield; the kernel takes 32 steps.
    private static let longestChain = 64
}
