/// For each record of a pool, the types of a base that may be the same: found by fingerprint, and still to be checked.
struct BaseProposals: Sendable {
    let base: PreparedBase
    /// Where each record's proposals start in `ids`, and at last where they end.
    private(set) var first: [UInt32] = [0]
    private(set) var ids: [UInt32] = []

    /// No proposals yet.
    init(from base: PreparedBase) { self.base = base }

    /// For how many records there are proposals.
    var count: Int { first.count - 1 }

    /// Adds the proposals for the records of a pool that have been added since.
    ///
    /// - Parameters:
    ///   - pool: the records.
    ///   - fingerprint: a record's fingerprint, as far as the base can have it.
    mutating func extend(to pool: borrowing TypePool, _ fingerprint: (TypePool.NodeID) -> Fingerprint) {
        var ids = ids
        self.ids = []
        for index in count..<pool.nodes.count {
            if index > 0 { propose(TypePool.NodeID(index), pool.nodes[index], fingerprint, &ids) }
            first.append(UInt32(ids.count))
        }
        self.ids = ids
    }

    private func propose(
        _ id: TypePool.NodeID,
        _ node: TypePool.Node,
        _ fingerprint: (TypePool.NodeID) -> Fingerprint,
        _ ids: inout [UInt32]
    ) {
        if node.shape == .nominal { return base.forEachType(named: fingerprint(id)) { ids.append($0) } }
        base.forEachType(fingerprint(id)) { ids.append($0) }
        guard node.isDefinition else { return }
        base.forEachType(named: fingerprint(node.target)) { if base.isForward($0) { ids.append($0) } }
    }

    /// Adds the proposals that another list has for a record.
    mutating func append(from other: BaseProposals, _ node: TypePool.NodeID) {
        for index in other.first[Int(node)]..<other.first[Int(node) + 1] { ids.append(other.ids[Int(index)]) }
        first.append(UInt32(ids.count))
    }
}
