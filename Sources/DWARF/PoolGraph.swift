/// What the records of a pool refer to, and who refers to them, as flat lists.
struct PoolGraph {
    private let first: [UInt32]
    private let targets: [TypePool.NodeID]

    /// Stands for a record that is not written.
    static let unwritten = TypePool.NodeID.max

    /// Lists what each record refers to.
    ///
    /// - Parameters:
    ///   - pool: the records; a definition does not refer to its name.
    ///   - bindings: for each record, the record that is written in its place, or 0.
    init(_ pool: TypePool, _ bindings: [TypePool.NodeID]) {
        var first: [UInt32] = []
        var targets: [TypePool.NodeID] = []
        first.reserveCapacity(pool.nodes.count + 1)
        targets.reserveCapacity(pool.nodes.count + pool.parts.count)
        func append(_ target: TypePool.NodeID) {
            let bound = bindings[Int(target)]
            targets.append(target == 0 || bound != 0 ? bound : PoolGraph.unwritten)
        }
        for (index, node) in pool.nodes.enumerated() {
            first.append(UInt32(targets.count))
            if index != 0, node.shape.refersToOne { append(node.target) }
            guard node.shape != .enumeration else { continue }
            for part in Int(node.firstPart)..<Int(node.firstPart + node.partCount) { append(pool.parts[part].type) }
        }
        first.append(UInt32(targets.count))
        self.first = first
        self.targets = targets
    }

    private init(first: [UInt32], targets: [TypePool.NodeID]) {
        self.first = first
        self.targets = targets
    }

    /// Where it stands what a record refers to, in order.
    @inline(__always)
    func range(of node: TypePool.NodeID) -> Range<Int> { Int(first[Int(node)])..<Int(first[Int(node) + 1]) }

    /// One of the records that a record refers to; 0 is void.
    @inline(__always)
    func target(at position: Int) -> TypePool.NodeID { targets[position] }

    /// The same lists the other way round: for each record, the records that refer to it.
    func users() -> PoolGraph {
        var places = [UInt32](repeating: 0, count: first.count)
        for target in targets where target != PoolGraph.unwritten { places[Int(target)] += 1 }
        var sum: UInt32 = 0
        for node in places.indices {
            sum += places[node]
            places[node] = sum
        }
        var users = [TypePool.NodeID](repeating: 0, count: Int(sum))
        for node in 0..<first.count - 1 {
            for position in range(of: TypePool.NodeID(node)) where targets[position] != PoolGraph.unwritten {
                let target = targets[position]
                places[Int(target)] -= 1
                users[Int(places[Int(target)])] = TypePool.NodeID(node)
            }
        }
        return PoolGraph(first: places, targets: users)
    }
}
