/// Finds what differs between two types that have one name.
struct TypeComparison {
    /// The old BTF.
    let old: NumberedTypes
    /// The new BTF.
    let new: NumberedTypes

    /// Compares the types of one kind and name that have no equal on the other side.
    ///
    /// - Parameters:
    ///   - olds: those of the old BTF.
    ///   - news: those of the new BTF.
    /// - Returns: a difference for each pair, and for each type that is left over.
    func differences(_ olds: [TypeID], _ news: [TypeID]) -> [TypeDifference] {
        var differences: [TypeDifference] = []
        // Tags, and what has no name but its contents, have no counterpart that could have changed.
        let pairs = isPairable(news) ? min(olds.count, news.count) : 0
        for (before, after) in zip(olds, news).prefix(pairs) {
            differences.append(new.btf.difference(after, .changed(parts(before, after))))
        }
        differences += olds.dropFirst(pairs).map { old.btf.difference($0, .removed(old.btf.description(of: $0))) }
        differences += news.dropFirst(pairs).map { new.btf.difference($0, .added(new.btf.description(of: $0))) }
        return differences
    }

    private func isPairable(_ news: [TypeID]) -> Bool {
        guard let id = news.first else { return false }
        let header = new.btf.header(of: id)
        if header.kind == .declarationTag { return false }
        return !header.name.isEmpty || header.kind.isEnumeration
    }

    private func parts(_ before: TypeID, _ after: TypeID) -> [PartDifference] {
        let (oldType, newType) = (old.btf[before], new.btf[after])
        var parts: [PartDifference] = []
        switch (oldType, newType) {
        case (.composite(let one), .composite(let two)):
            if one.size != two.size { parts.append(.size(old: one.size, new: two.size)) }
            parts += members(old.btf.flatMembers(of: before), new.btf.flatMembers(of: after))
        case (.enumeration(let one), .enumeration(let two)):
            if one.size != two.size { parts.append(.size(old: one.size, new: two.size)) }
            parts += enumerators(one, two)
        case (.dataSection(let one), .dataSection(let two)):
            if one.size != two.size { parts.append(.size(old: one.size, new: two.size)) }
            parts += members(old.btf.variables(of: one), new.btf.variables(of: two))
        default:
            let (one, two) = (old.btf.description(of: before), new.btf.description(of: after))
            if one != two { parts.append(.declaration(old: one, new: two)) }
        }
        return parts.isEmpty ? [.arrangement] : parts
    }
}

// MARK: - Members

extension TypeComparison {
    private func members(_ olds: [FlatMember], _ news: [FlatMember]) -> [PartDifference] {
        var unmatched: [String: [Int]] = [:]
        for (index, member) in olds.enumerated().reversed() { unmatched[member.path, default: []].append(index) }
        var found: [(offset: UInt64, part: PartDifference)] = []
        var isNew = [Bool](repeating: false, count: news.count)
        for (index, member) in news.enumerated() {
            if let counterpart = unmatched[member.path]?.popLast() {
                guard let part = difference(olds, counterpart, news, index) else { continue }
                found.append((member.bitOffset, part))
            } else {
                isNew[index] = true
                // What lies in a new member is new with it.
                if let container = member.container, isNew[container] { continue }
                found.append((member.bitOffset, .member(name: member.path, old: nil, new: place(member, new.btf))))
            }
        }
        var isGone = [Bool](repeating: false, count: olds.count)
        for index in unmatched.values.joined() { isGone[index] = true }
        for (index, member) in olds.enumerated() where isGone[index] {
            if let container = member.container, isGone[container] { continue }
            found.append((member.bitOffset, .member(name: member.path, old: place(member, old.btf), new: nil)))
        }
        return found.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map(\.element.part)
    }

    private func difference(
        _ olds: [FlatMember],
        _ oldIndex: Int,
        _ news: [FlatMember],
        _ newIndex: Int
    ) -> PartDifference? {
        let (one, two) = (olds[oldIndex], news[newIndex])
        let isMoved = relativeOffset(one, olds) != relativeOffset(two, news)
        let isSameForm = old.references[Int(one.type.rawValue)] == new.references[Int(two.type.rawValue)]
        var isRetyped = !isSameForm || one.bitfieldWidth != two.bitfieldWidth
        let texts = (TypeText.declaration(of: one.type, in: old.btf), TypeText.declaration(of: two.type, in: new.btf))
        // What differs in a type without a name is listed as the members that lie in it.
        if one.isContainer, two.isContainer, texts.0 == texts.1 { isRetyped = false }
        guard isMoved || isRetyped else { return nil }
        return .member(
            name: two.path,
            old: place(one, texts.0, isMoved: isMoved, isRetyped: isRetyped),
            new: place(two, texts.1, isMoved: isMoved, isRetyped: isRetyped)
        )
    }

    /// Where a member starts in the named member that it is part of, which may have moved as a whole.
    private func relativeOffset(_ member: FlatMember, _ list: [FlatMember]) -> UInt64 {
        member.bitOffset - (member.container.map { list[$0].bitOffset } ?? 0)
    }

    private func place(_ member: FlatMember, _ btf: BTF) -> MemberPlace {
        place(member, TypeText.declaration(of: member.type, in: btf), isMoved: false, isRetyped: false)
    }

    private func place(_ member: FlatMember, _ type: String, isMoved: Bool, isRetyped: Bool) -> MemberPlace {
        MemberPlace(
            type: type,
            bitOffset: member.bitOffset,
            bitfieldWidth: member.bitfieldWidth,
            isMoved: isMoved,
            isRetyped: isRetyped
        )
    }

    private func enumerators(_ one: BTFType.Enumeration, _ two: BTFType.Enumeration) -> [PartDifference] {
        var unmatched: [String: String] = [:]
        for enumerator in one.enumerators {
            unmatched[old.btf.string(at: enumerator.name)] = one.printedValue(enumerator)
        }
        var parts: [PartDifference] = []
        for enumerator in two.enumerators {
            let name = new.btf.string(at: enumerator.name)
            let value = two.printedValue(enumerator)
            let before = unmatched.removeValue(forKey: name)
            if before != value { parts.append(.enumerator(name: name, old: before, new: value)) }
        }
        for enumerator in one.enumerators {
            let name = old.btf.string(at: enumerator.name)
            guard let value = unmatched.removeValue(forKey: name) else { continue }
            parts.append(.enumerator(name: name, old: value, new: nil))
        }
        return parts
    }
}

extension BTF {
    fileprivate func difference(_ id: TypeID, _ change: TypeDifference.Change) -> TypeDifference {
        let header = header(of: id)
        let isNameless = header.name.isEmpty && header.kind.isEnumeration
        return TypeDifference(
            kind: ComparedKind(header),
            name: string(at: header.name),
            firstEnumerator: isNameless ? string(at: firstEnumerator(of: id)) : nil,
            change: change
        )
    }

    /// The variables of a section, as members of a struct are listed.
    fileprivate func variables(of section: BTFType.DataSection) -> [FlatMember] {
        section.entries.map { entry in
            FlatMember(
                path: name(of: entry.variable),
                type: header(of: entry.variable).type,
                bitOffset: UInt64(entry.offset) * 8,
                bitfieldWidth: nil,
                container: nil,
                isContainer: false
            )
        }
    }
}
