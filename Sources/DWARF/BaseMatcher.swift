/// Finds the types of a module that its kernel has already.
///
/// A type is the base's when the two graphs of types that can be reached from it, through members and pointers and all,
/// say the same, a forward declaration on either side standing for the other's definition of its name, as in libbpf's
/// `btf_dedup`. Of what the base only declares, the module keeps its own definition; libbpf then also keeps the first
/// struct that it met which leads there, and finds all others in the base, where this finds that one as well.
///
/// Fingerprints propose one type of the base for most of the module's, and they count named types by name. So every
/// proposal is checked against those for all that it refers to, and one that fails takes along those that rely on it:
/// what is left at the end is equal, cycles and all.
struct BaseMatcher: ~Copyable {
    private let base: PreparedBase
    private let nodes: [TypePool.Node]
    private let bindings: [TypePool.NodeID]
    /// What each record refers to, with names bound.
    private let graph: PoolGraph
    /// Where each record's proposals start, and at last where they end.
    private let firstProposal: [UInt32]
    /// Types of the base that a record may be equal to; one that has been refuted is 0.
    private var proposals: RawArray<UInt32>
    /// For each record, the type of the base that it is, or 0.
    private var matches: RawArray<UInt32>

    /// Makes ready to match a module's types with those of its kernel.
    ///
    /// - Parameters:
    ///   - pool: the module's types.
    ///   - bindings: for each record, the record that is written in its place.
    ///   - proposed: what the base may have of them.
    init(_ pool: TypePool, _ bindings: [TypePool.NodeID], _ proposed: BaseProposals) {
        base = proposed.base
        nodes = pool.nodes
        self.bindings = bindings
        graph = PoolGraph(pool, bindings)
        firstProposal = proposed.first
        proposals = RawArray(copying: proposed.ids)
        matches = RawArray(zeroed: pool.nodes.count)
    }

    /// Matches the types.
    ///
    /// - Returns: for each record, the type of the base that it is, or 0.
    mutating func match() -> [UInt32] {
        refute()
        settle()
        return matches.array()
    }

    @inline(__always)
    private func isWritten(_ node: Int) -> Bool { node != 0 && bindings[node] == UInt32(node) }

    @inline(__always)
    private func proposalRange(_ node: Int) -> Range<Int> { Int(firstProposal[node])..<Int(firstProposal[node + 1]) }

    // MARK: - Refutation

    /// Checks every proposal, and again those that rely on one that has failed.
    private mutating func refute() {
        var pending = RawArray<UInt32>()
        for node in nodes.indices where check(node) { pending.append(UInt32(node)) }
        if pending.count == 0 { return }
        let users = graph.users()
        while let node = pending.popLast() {
            for position in users.range(of: node) {
                let user = users.target(at: position)
                if check(Int(user)) { pending.append(user) }
            }
        }
    }

    /// Checks a record's proposals.
    ///
    /// - Parameter node: the record.
    /// - Returns: whether one of them has failed.
    private mutating func check(_ node: Int) -> Bool {
        var hasFailed = false
        for index in proposalRange(node) where proposals[index] != 0 {
            if !agrees(node, proposals[index]) {
                proposals[index] = 0
                hasFailed = true
            }
        }
        return hasFailed
    }

    /// Whether all that a record refers to may be what a type of the base refers to.
    private func agrees(_ node: Int, _ id: UInt32) -> Bool {
        if base.isForward(id) || nodes[node].shape == .nominal { return true }
        let (targets, references) = (graph.range(of: UInt32(node)), base.referenceRange(of: id))
        guard targets.count == references.count else { return false }
        let shift = references.lowerBound - targets.lowerBound
        for position in targets {
            if !mayBe(graph.target(at: position), base.reference(at: position + shift)) { return false }
        }
        return true
    }

    @inline(__always)
    private func mayBe(_ target: TypePool.NodeID, _ id: UInt32) -> Bool {
        if target == 0 || id == 0 { return target == id }
        if target == PoolGraph.unwritten { return false }
        for index in proposalRange(Int(target)) where proposals[index] == id { return true }
        return false
    }

    private func proposed(_ node: Int) -> UInt32 {
        for index in proposalRange(node) {
            if proposals[index] != 0, !base.isForward(proposals[index]) { return proposals[index] }
        }
        return 0
    }

    // MARK: - Settlement

    /// Chooses among what is left: first for types that stand on their own, then for those that only refer to others.
    private mutating func settle() {
        for index in nodes.indices where nodes[index].shape.standsAlone && isWritten(index) {
            matches[index] = proposed(index)
        }
        settleForwards()
        for index in nodes.indices where !nodes[index].shape.standsAlone && isWritten(index) {
            if nodes[index].shape != .nominal { matches[index] = choice(index) }
        }
    }

    /// The proposal that refers to what has been chosen for all that the record refers to, or 0.
    private func choice(_ node: Int) -> UInt32 {
        for index in proposalRange(node) where proposals[index] != 0 {
            // What is proposed has as many references.
            let targets = graph.range(of: UInt32(node))
            let shift = base.referenceRange(of: proposals[index]).lowerBound - targets.lowerBound
            var isChosen = true
            for position in targets where isChosen {
                isChosen = isSettled(graph.target(at: position), base.reference(at: position + shift))
            }
            if isChosen { return proposals[index] }
        }
        return 0
    }

    private func isSettled(_ target: TypePool.NodeID, _ id: UInt32) -> Bool {
        if target == PoolGraph.unwritten { return false }
        return target == 0 ? id == 0 : matches[Int(target)] == id && id != 0
    }

    /// Settles what a name that the module only declares stands for: the definition that it stands for in a struct of
    /// the base, else the base's own declaration, else the base's only definition.
    private mutating func settleForwards() {
        for index in nodes.indices where nodes[index].shape == .nominal && isWritten(index) {
            let isEnumeration = nodes[index].detail == TypePool.Shape.enumeration.rawValue
            for proposal in proposalRange(index) {
                let id = proposals[proposal]
                // An enumeration's declaration stands for the definition in any case.
                let isChosen = isEnumeration ? matches[index] == 0 || !base.isForward(id) : base.isForward(id)
                if id != 0, isChosen { matches[index] = id }
            }
        }
        followMembers()
        for index in nodes.indices where nodes[index].shape == .nominal && isWritten(index) {
            if matches[index] == 0, proposalRange(index).count == 1 {
                matches[index] = proposals[Int(firstProposal[index])]
            }
        }
    }

    /// Follows the members of the base's structs to the names that the module only declares.
    private mutating func followMembers() {
        var isReached = RawArray<Bool>(zeroed: nodes.count)
        var pending = RawArray<(node: UInt32, id: UInt32)>()
        for index in nodes.indices where nodes[index].shape.hasMembers && matches[index] != 0 {
            pending.append((UInt32(index), matches[index]))
        }
        while let (node, id) = pending.popLast() {
            let (targets, references) = (graph.range(of: node), base.referenceRange(of: id))
            let shift = references.lowerBound - targets.lowerBound
            for position in targets.prefix(references.count) {
                let target = graph.target(at: position)
                guard target != 0, target != PoolGraph.unwritten, !isReached[Int(target)] else { continue }
                let reference = base.reference(at: position + shift)
                let shape = nodes[Int(target)].shape
                if shape == .nominal {
                    isReached[Int(target)] = !base.isForward(reference)
                    if isReached[Int(target)] { matches[Int(target)] = reference }
                } else if !shape.standsAlone {
                    isReached[Int(target)] = true
                    pending.append((target, reference))
                }
            }
        }
    }
}

extension TypePool.Shape {
    fileprivate var hasMembers: Bool { self == .structure || self == .union }

    /// Whether a type is found in the base by what it holds, and not by what was found for the types it refers to.
    fileprivate var standsAlone: Bool {
        switch self {
        case .structure, .union, .enumeration, .int, .float: true
        case .pointer, .array, .typedef, .const, .volatile, .restrict, .typeTag, .prototype, .nominal: false
        }
    }
}
