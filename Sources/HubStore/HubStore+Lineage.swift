internal import GRDB

extension HubStore {
    /// How many kernels are in a row, at least where there are so many, and at most.
    private static let row = 16...128

    /// Orders kernels so that those whose BTF builds on the same stand together, each after what it builds on.
    ///
    /// - Parameters:
    ///   - kernels: the kernels, whatever stands for them.
    ///   - digest: gives the SHA-256 of a kernel's BTF.
    /// - Returns: the same in that order, in rows, each of which is work for one thread; they begin where kernels have
    ///   little in common with those before, or where a row would be long. What the store does not hold comes first.
    /// - Throws: `StoreError` when the store cannot be read.
    public func byLineage<Item>(
        _ kernels: some Sequence<Item>,
        digest: (Item) -> ContentDigest
    ) throws(StoreError) -> [[Item]] {
        let paths = try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT base_id FROM deltas WHERE btf_id = ? AND outer_id IS NULL"
            )
            var bases: [Int64: Int64?] = [:]
            var paths: [(path: [Int64], item: Item)] = []
            for kernel in kernels {
                var path: [Int64] = []
                var next = try BTFTable.id(of: digest(kernel), in: database)
                while let id = next, path.count < ContentReader.chainLimit {
                    path.append(id)
                    if let known = bases[id] {
                        next = known
                        continue
                    }
                    next = try Row.fetchOne(statement, arguments: [id]).flatMap { try $0.optionalColumn(0) }
                    bases[id] = .some(next)
                }
                paths.append((path.reversed(), kernel))
            }
            return paths.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        }
        var rows: [[Item]] = []
        var last: ArraySlice<Int64>?
        for (path, item) in paths {
            // Many stand on one whole BTF; those that stand on the same delta above it share more.
            let start = path.prefix(2)
            let isLong = (rows.last?.count ?? 0) >= (start == last ? Self.row.upperBound : Self.row.lowerBound)
            if rows.isEmpty || isLong { rows.append([item]) } else { rows[rows.count - 1].append(item) }
            last = start
        }
        return rows
    }
}
