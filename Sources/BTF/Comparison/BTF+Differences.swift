extension BTF {
    /// Compares two BTFs by what their own types say; ids and order do not count.
    ///
    /// A type that differs only because one that it refers to by name differs is not listed. Of several types that have
    /// one name and kind, equal ones are matched first. Takes time proportional to the size of both.
    ///
    /// - Parameter old: the BTF to hold this one against.
    /// - Returns: the types that differ, by kind and name; none when both say the same.
    public func differences(from old: BTF) -> [TypeDifference] {
        var table = FormTable()
        let left = NumberedTypes(of: old, in: &table, depth: 1)
        let right = NumberedTypes(of: self, in: &table, depth: 1)
        let (removed, added) = Self.unmatched(left, right, forms: table.count)
        let oldGroups = Dictionary(grouping: removed, by: left.groupKey(of:))
        let newGroups = Dictionary(grouping: added, by: right.groupKey(of:))
        let comparison = TypeComparison(old: left, new: right)
        var differences: [TypeDifference] = []
        for key in Set(oldGroups.keys).union(newGroups.keys) {
            differences += comparison.differences(oldGroups[key] ?? [], newGroups[key] ?? [])
        }
        let ranks = Dictionary(uniqueKeysWithValues: ComparedKind.allCases.enumerated().map { ($1, $0) })
        return differences.map { (ranks[$0.kind] ?? 0, Array($0.name.utf8), $0.summary, $0) }
            .sorted { one, other in
                if one.0 != other.0 { return one.0 < other.0 }
                if one.1 != other.1 { return one.1.lexicographicallyPrecedes(other.1) }
                return one.2 < other.2
            }
            .map(\.3)
    }

    /// The types of each side for which the other has no equal one left.
    private static func unmatched(
        _ left: NumberedTypes,
        _ right: NumberedTypes,
        forms: Int
    ) -> (old: [TypeID], new: [TypeID]) {
        // How many more types of a form the new side has than the old one.
        var balance = [Int32](repeating: 0, count: forms)
        let (olds, news) = (left.compared, right.compared)
        for id in news { balance[Int(right.forms[Int(id.rawValue)])] += 1 }
        for id in olds { balance[Int(left.forms[Int(id.rawValue)])] -= 1 }
        let removed = olds.filter { id in
            let form = Int(left.forms[Int(id.rawValue)])
            guard balance[form] < 0 else { return false }
            balance[form] += 1
            return true
        }
        let added = news.filter { id in
            let form = Int(right.forms[Int(id.rawValue)])
            guard balance[form] > 0 else { return false }
            balance[form] -= 1
            return true
        }
        return (removed, added)
    }
}

extension NumberedTypes {
    /// The own types that are compared: all that have a name, and what no named one leads to.
    fileprivate var compared: [TypeID] { btf.ids.filter { btf.header(of: $0).countsByName } + loose }

    /// Types of one key may be each other's counterpart: those of one kind and name, and enumerations without a name
    /// that start with the same enumerator.
    fileprivate func groupKey(of id: TypeID) -> String {
        let header = btf.header(of: id)
        let name = header.name.isEmpty && header.kind.isEnumeration ? btf.firstEnumerator(of: id) : header.name
        return "\(header.name.isEmpty) \(header.sharedKind.rawValue) \(btf.string(at: name))"
    }
}

extension BTF {
    /// The name of an enumeration's first enumerator.
    func firstEnumerator(of id: TypeID) -> StringOffset {
        guard case .enumeration(let enumeration) = self[id] else { return .empty }
        return enumeration.enumerators.first?.name ?? .empty
    }
}

extension TypeDifference {
    /// Orders differences of one kind and name.
    fileprivate var summary: String {
        switch change {
        case .removed(let text): "0" + text
        case .changed(let parts): "1\(parts)"
        case .added(let text): "2" + text
        }
    }
}
