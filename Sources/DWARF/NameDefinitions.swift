/// Which records of a pool define each name.
struct NameDefinitions {
    /// The names that are defined, by their nominal records, in ascending order.
    private(set) var names: [TypePool.NodeID] = []
    /// The last definition of each name, and the one before each definition; 0 for none.
    private var last: [TypePool.NodeID]
    private var previous: [TypePool.NodeID]

    /// Finds the definitions that have been met.
    init(in pool: TypePool) {
        last = [TypePool.NodeID](repeating: 0, count: pool.nodes.count)
        previous = last
        for index in pool.nodes.indices where pool.nodes[index].isDefinition && pool.nodes[index].uses > 0 {
            let name = Int(pool.nodes[index].target)
            previous[index] = last[name]
            last[name] = TypePool.NodeID(index)
        }
        for index in last.indices where last[index] != 0 { names.append(TypePool.NodeID(index)) }
    }

    /// Whether a name has more than one definition.
    func areSeveral(of name: TypePool.NodeID) -> Bool { previous[Int(last[Int(name)])] != 0 }

    /// The definition of a name that was met most often; of several such, the one with the greatest fingerprint.
    func mostUsed(of name: TypePool.NodeID, in pool: TypePool) -> TypePool.NodeID {
        var most = last[Int(name)]
        var other = previous[Int(most)]
        while other != 0 {
            let (one, two) = (pool.nodes[Int(most)], pool.nodes[Int(other)])
            if (one.uses, one.fingerprint) < (two.uses, two.fingerprint) { most = other }
            other = previous[Int(other)]
        }
        return most
    }
}

extension TypePool.Node {
    /// Whether the record defines a name.
    var isDefinition: Bool {
        target != 0 && (shape == .structure || shape == .union || shape == .enumeration)
    }
}
