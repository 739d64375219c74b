/// The types of a module that its kernel has already.
struct BaseMatching {
    private let base: PreparedBase
    /// For each record, the type of the base that it is, or 0.
    let matches: [UInt32]

    /// Matches a module's types with those of its kernel.
    ///
    /// - Parameters:
    ///   - gathered: the module's types.
    ///   - bindings: for each record, the record that is written in its place.
    ///   - base: the kernel's types.
    init(_ gathered: GatheredTypes, _ bindings: [TypePool.NodeID], over base: PreparedBase) {
        self.base = base
        let pool = gathered.pool
        var matcher = BaseMatcher(pool, bindings, gathered.proposals ?? pool.proposals(from: base))
        matches = matcher.match()
    }

    /// Whether a function is one that the base has too.
    func hasFunction(_ function: FoundFunction, in pool: TypePool) -> Bool {
        let prototype = matches[Int(function.prototype)]
        if prototype == 0 { return false }
        let name = pool.names.fingerprint(function.name)
        var isFound = false
        base.forEachType(TypeHash.function(name, pool.nodes[Int(function.prototype)].fingerprint)) { id in
            if base.firstReference(of: id) == prototype { isFound = true }
        }
        return isFound
    }
}

extension TypePool {
    /// What a base may have of the records, going by their fingerprints without what sets apart types of one name in
    /// this module.
    fileprivate func proposals(from base: PreparedBase) -> BaseProposals {
        var proposals = BaseProposals(from: base)
        guard nodes.contains(where: { $0.shape == .nominal && $0.size != 0 }) else {
            proposals.extend(to: self) { nodes[Int($0)].fingerprint }
            return proposals
        }
        var plain: [Fingerprint] = [TypePool.void]
        plain.reserveCapacity(nodes.count)
        for original in nodes.dropFirst() {
            var node = original
            if node.shape == .nominal { node.size = 0 }
            // Records refer to earlier ones only.
            plain.append(fingerprint(of: node) { plain[Int($0)] })
        }
        proposals.extend(to: self) { plain[Int($0)] }
        return proposals
    }
}
