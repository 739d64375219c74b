/// What two BTFs say in common, and what only one of them says, by kind of type.
///
/// Ids, the order of types and the order of strings do not count, and neither does how often a type is repeated; how
/// many types there are is counted beside it, so that types that were not merged show.
public struct BTFComparison: Sendable {
    /// One kind of type.
    public struct Row: Hashable, Sendable {
        /// The kind.
        public let kind: Kind
        /// How many types of the kind the first BTF has.
        public let firstCount: Int
        /// How many the second one has.
        public let secondCount: Int
        /// How many different types both have.
        public let commonCount: Int
        /// The names of the types that only the first one has, sorted; empty for one without a name.
        public let onlyInFirst: [String]
        /// The names of those that only the second one has.
        public let onlyInSecond: [String]

        /// Whether both have the same types of the kind.
        public var isSame: Bool { onlyInFirst.isEmpty && onlyInSecond.isEmpty }
    }

    /// The kinds that one of them has, in the order of their numbers.
    public let rows: [Row]

    /// Compares two BTFs.
    ///
    /// - Parameters:
    ///   - first: a BTF; of a split one, its own types.
    ///   - second: another one.
    ///   - depth: through how many types with a name references are followed before a type counts by its kind and
    ///     name, at least 1.
    public init(_ first: BTF, _ second: BTF, depth: Int = 3) {
        var table = FormTable()
        let one = Side(first, depth, &table)
        let two = Side(second, depth, &table)
        rows = Kind.allCases.compactMap { kind in
            let (left, right) = (one.types[kind] ?? [:], two.types[kind] ?? [:])
            if left.isEmpty, right.isEmpty { return nil }
            return Row(
                kind: kind,
                firstCount: one.counts[kind] ?? 0,
                secondCount: two.counts[kind] ?? 0,
                commonCount: left.keys.count { right[$0] != nil },
                onlyInFirst: one.names(left.filter { right[$0.key] == nil }.values),
                onlyInSecond: two.names(right.filter { left[$0.key] == nil }.values)
            )
        }
    }

    /// One of the two.
    private struct Side {
        let btf: BTF
        /// A type for each form, by kind.
        var types: [Kind: [UInt32: TypeID]] = [:]
        var counts: [Kind: Int] = [:]

        init(_ btf: BTF, _ depth: Int, _ table: inout FormTable) {
            self.btf = btf
            let numbered = NumberedTypes(of: btf, in: &table, depth: depth)
            for id in btf.ids {
                let kind = btf.kind(of: id)
                types[kind, default: [:]][numbered.forms[Int(id.rawValue)]] = id
                counts[kind, default: 0] += 1
            }
        }

        func names(_ ids: some Sequence<TypeID>) -> [String] { ids.map { btf.name(of: $0) }.sorted() }
    }
}
