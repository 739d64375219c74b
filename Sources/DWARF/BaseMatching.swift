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
struct BaseMatching {
    private let base: PreparedBase
    private let pool: TypePool
    private let bindings: [TypePool.NodeID]
    /// What each record refers to, with names bound.
    private let graph: PoolGraph
    /// Types of the base that a record may be equal to; one that has been refuted is 0.
    private var proposals: [UInt32] = []
    /// Where each record's proposals start, and at last where they end.
    private var firstProposal: [UInt32] = []
    /// For each record, the type of the base that it is, or 0.
    private(set) var matches: [UInt32]

    /// Matches a module's types with those of its kernel.
    ///
    /// - Parameters:
    ///   - pool: the module's types.
    ///   - bindings: for each record, the record that is written in its place.
    ///   - base: the kernel's types.
    init(_ pool: TypePool, _ bindings: [TypePool.NodeID], over base: PreparedBase) {
        self.base = base
        self.pool = pool
        self.bindings = bindings
        graph = PoolGraph(pool, bindings)
        matches = [UInt32](repeating: 0, count: pool.nodes.count)
        propose()
        refute()
        settle()
    }

    /// Whether a function is one that the base has too.
    func hasFunction(_ function: FoundFunction) -> Bool {
        let prototype = matches[Int(function.prototype)]
        if prototype == 0 { return false }
        let name = pool.names.fingerprint(function.name)
        var isFound = false
        base.forEachType(TypeHash.function(name, pool.nodes[Int(function.prototype)].fingerprint)) { id in
            if base.references(of: id).first == prototype { isFound = true }
        }
        return isFound
    }

    // MARK: - Proposals

    private func isWritten(_ node: Int) -> Bool { node != 0 && bindings[node] == UInt32(node) }

    private mutating func propose() {
        let fingerprints = plainFingerprints()
        // Locals, so that the loop does not hold on to all of this for every closure.
        let (base, nodes) = (base, pool.nodes)
        var proposals: [UInt32] = []
        var first: [UInt32] = []
        first.reserveCapacity(nodes.count + 1)
        for (index, node) in nodes.enumerated() {
            first.append(UInt32(proposals.count))
            guard isWritten(index) else { continue }
            let fingerprint = fingerprints?[index] ?? node.fingerprint
            if node.shape == .nominal {
                base.forEachType(named: fingerprint) { proposals.append($0) }
            } else {
                base.forEachType(fingerprint) { proposals.append($0) }
                guard node.isDefinition else { continue }
                let nominal = fingerprints?[Int(node.target)] ?? nodes[Int(node.target)].fingerprint
                base.forEachType(named: nominal) { if base.isForward($0) { proposals.append($0) } }
            }
        }
        first.append(UInt32(proposals.count))
        self.proposals = proposals
        firstProposal = first
    }

    /// The records' fingerprints without what sets apart types of one name in this module; nil when nothing does.
    private func plainFingerprints() -> [Fingerprint]? {
        guard pool.nodes.contains(where: { $0.shape == .nominal && $0.size != 0 }) else { return nil }
        var plain: [Fingerprint] = [TypePool.void]
        plain.reserveCapacity(pool.nodes.count)
        for original in pool.nodes.dropFirst() {
            var node = original
            if node.shape == .nominal { node.size = 0 }
            // Records refer to earlier ones only.
            plain.append(pool.fingerprint(of: node) { plain[Int($0)] })
        }
        return plain
    }

    // MARK: - Refutation

    /// Checks every proposal, and again those that rely on one that has failed.
    private mutating func refute() {
        var pending: [TypePool.NodeID] = []
        for node in pool.nodes.indices where check(node) { pending.append(UInt32(node)) }
        if pending.isEmpty { return }
        let users = graph.users()
        while let node = pending.popLast() {
            for user in users[node] where check(Int(user)) { pending.append(user) }
        }
    }

    /// Checks a record's proposals.
    ///
    /// - Parameter node: the record.
    /// - Returns: whether one of them has failed.
    private mutating func check(_ node: Int) -> Bool {
        var hasFailed = false
        for index in Int(firstProposal[node])..<Int(firstProposal[node + 1]) where proposals[index] != 0 {
            if !agrees(node, proposals[index]) {
                proposals[index] = 0
                hasFailed = true
            }
        }
        return hasFailed
    }

    /// Whether all that a record refers to may be what a type of the base refers to.
    private func agrees(_ node: Int, _ id: UInt32) -> Bool {
        if base.isForward(id) || pool.nodes[node].shape == .nominal { return true }
        let (targets, references) = (graph[UInt32(node)], base.references(of: id))
        guard targets.count == references.count else { return false }
        for (target, reference) in zip(targets, references) where !mayBe(target, reference) { return false }
        return true
    }

    @inline(__always)
    private func mayBe(_ target: TypePool.NodeID, _ id: UInt32) -> Bool {
        if target == 0 || id == 0 { return target == id }
        if target == PoolGraph.unwritten { return false }
        let node = Int(target)
        for index in Int(firstProposal[node])..<Int(firstProposal[node + 1]) where proposals[index] == id {
            return true
        }
        return false
    }

    private func proposed(_ node: Int) -> UInt32 {
        for index in Int(firstProposal[node])..<Int(firstProposal[node + 1]) {
            if proposals[index] != 0, !base.isForward(proposals[index]) { return proposals[index] }
        }
        return 0
    }

    // MARK: - Settlement

    /// Chooses among what is left: first for types that stand on their own, then for those that only refer to others.
    private mutating func settle() {
        for (index, node) in pool.nodes.enumerated() where isWritten(index) && node.shape.standsAlone {
            matches[index] = proposed(index)
        }
        settleForwards()
        for (index, node) in pool.nodes.enumerated() where isWritten(index) && !node.shape.standsAlone {
            if node.shape != .nominal { matches[index] = choice(index) }
        }
    }

    /// The proposal that refers to what has been chosen for all that the record refers to, or 0.
    private func choice(_ node: Int) -> UInt32 {
        for index in Int(firstProposal[node])..<Int(firstProposal[node + 1]) where proposals[index] != 0 {
            // What is proposed has as many references.
            let isChosen = zip(graph[UInt32(node)], base.references(of: proposals[index])).allSatisfy {
                $0 != PoolGraph.unwritten && ($0 == 0 || matches[Int($0)] != 0) && matches[Int($0)] == $1
            }
            if isChosen { return proposals[index] }
        }
        return 0
    }

    /// Settles what a name that the module only declares stands for: the definition that it stands for in a struct of
    /// the base, else the base's own declaration, else the base's only definition.
    private mutating func settleForwards() {
        for (index, node) in pool.nodes.enumerated() where isWritten(index) && node.shape == .nominal {
            for proposal in Int(firstProposal[index])..<Int(firstProposal[index + 1]) {
                let id = proposals[proposal]
                // An enumeration's declaration stands for the definition in any case.
                let isChosen =
                    node.detail == TypePool.Shape.enumeration.rawValue
                    ? matches[index] == 0 || !base.isForward(id) : base.isForward(id)
                if id != 0, isChosen { matches[index] = id }
            }
        }
        var isReached = [Bool](repeating: false, count: pool.nodes.count)
        var pending: [(node: Int, id: UInt32)] = []
        for (index, node) in pool.nodes.enumerated() where node.shape.hasMembers && matches[index] != 0 {
            pending.append((index, matches[index]))
        }
        while let (node, id) = pending.popLast() {
            for (target, reference) in zip(graph[UInt32(node)], base.references(of: id)) {
                guard target != 0, target != PoolGraph.unwritten, !isReached[Int(target)] else { continue }
                let index = Int(target)
                let shape = pool.nodes[index].shape
                if shape == .nominal {
                    isReached[index] = !base.isForward(reference)
                    if isReached[index] { matches[index] = reference }
                } else if !shape.standsAlone {
                    isReached[index] = true
                    pending.append((index, reference))
                }
            }
        }
        for (index, node) in pool.nodes.enumerated() where isWritten(index) && node.shape == .nominal {
            let isUnique = firstProposal[index + 1] - firstProposal[index] == 1
            if matches[index] == 0, isUnique { matches[index] = proposals[Int(firstProposal[index])] }
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
