/// What one thread has found.
struct FoundTypes: Sendable {
    var pool = TypePool()
    /// From fingerprints of the file's entries to numbers of the pool, as far as they are at hand.
    var known = SuccessionTable(capacity: 1)
    var functions: [FoundFunction] = []
    var variables: [FoundVariable] = []
    var tags: Set<FoundTag> = []
    var counts = UnitCounts()
    /// Definitions and declarations of structs, unions and enumerations with names, group by group.
    var unitTypes: [TypePool.NodeID] = []
    /// Each group's number, and where its types end in `unitTypes`.
    var unitEnds: [(unit: Int, end: Int)] = []
    /// What a base may have of the pool's records, where that is known.
    var proposals: BaseProposals?
    /// Whether a unit refers to another one that was not read with it, so that all this has to be done again.
    var refersAcross = false
}

extension UnitReader {
    /// Notes that a unit has been read.
    mutating func closeUnit(_ number: Int) { unitEnds.append((number, unitTypes.count)) }

    /// What has been found, to be put together with that of other threads.
    consuming func found() -> FoundTypes {
        for index in 0..<meetings.met.count {
            let node = meetings.met[index]
            pool.addUses(meetings.take(node), to: node)
        }
        countFunctions()
        return FoundTypes(
            pool: pool,
            known: known,
            functions: functions,
            variables: variables,
            tags: tags,
            counts: counts,
            unitTypes: unitTypes,
            unitEnds: unitEnds,
            refersAcross: refersAcross
        )
    }

    /// What has been found, apart from what is known from other files.
    ///
    /// - Parameter memory: takes what is left to the next reader.
    /// - Returns: what this file's units hold.
    consuming func found(leaving memory: inout TypeMemory?) -> FoundTypes {
        countFunctions()
        part.start(of: pool)
        for index in 0..<meetings.met.count {
            let node = meetings.met[index]
            part.addUses(meetings.take(node), to: part.take(node, from: pool))
        }
        for index in functions.indices {
            functions[index].prototype = part.take(functions[index].prototype, from: pool)
        }
        for index in variables.indices { variables[index].type = part.take(variables[index].type, from: pool) }
        for index in unitTypes.indices { unitTypes[index] = part.take(unitTypes[index], from: pool) }
        var ownTags: Set<FoundTag> = []
        for tag in tags {
            ownTags.insert(tag.movingOwner { part.take($0, from: pool) })
        }
        meetings.clear()
        let own = proposePart()
        let found = FoundTypes(
            pool: part.end(),
            functions: functions,
            variables: variables,
            tags: ownTags,
            counts: counts,
            unitTypes: unitTypes,
            unitEnds: unitEnds,
            proposals: own,
            refersAcross: refersAcross
        )
        memory = TypeMemory(self)
        return found
    }

    /// What the base may have of the part's records.
    private mutating func proposePart() -> BaseProposals? {
        guard var proposals else { return nil }
        self.proposals = nil
        let nodes = pool.nodes
        proposals.extend(to: pool) { nodes[Int($0)].fingerprint }
        var own = BaseProposals(from: proposals.base)
        for index in 0..<part.taken.count { own.append(from: proposals, part.taken[index]) }
        self.proposals = proposals
        return own
    }

    private mutating func countFunctions() {
        knownFunctions.forEach { functions[Int($0) - 1].uses = $1 }
    }
}

/// What all threads have found.
struct GatheredTypes: Sendable {
    private(set) var pool = TypePool()
    /// From fingerprints of the file's entries to numbers of the pool, as far as they are at hand.
    private var known = SuccessionTable(capacity: 1)
    private(set) var functions: [FoundFunction] = []
    private(set) var variables: [FoundVariable] = []
    /// Tags of whatever was met: those of what is not written are not written either.
    private(set) var tags: Set<FoundTag> = []
    private(set) var counts = UnitCounts()
    /// How many names of structs, unions and enumerations have several definitions.
    var conflictedNames = 0
    /// Whether a unit refers to another one that was not read with it.
    private(set) var refersAcross = false
    /// What a base may have of the pool's records, where that is known.
    private(set) var proposals: BaseProposals?
    private var unitTypes: [TypePool.NodeID] = []
    private var unitRanges: [Int: Range<Int>] = [:]

    /// Adds what a thread has found.
    mutating func add(_ found: FoundTypes) {
        counts.add(found.counts)
        refersAcross = refersAcross || found.refersAcross
        if pool.nodes.count == 1 {
            pool = found.pool
            known = found.known
            functions = found.functions
            variables = found.variables
            tags = found.tags
            proposals = found.proposals
            addUnits(found, nil)
            return
        }
        proposals = nil
        let mapping = pool.merge(found.pool)
        for var function in found.functions {
            function.name = mapping.names[Int(function.name)]
            function.prototype = mapping.nodes[Int(function.prototype)]
            functions.append(function)
        }
        for var variable in found.variables {
            variable.name = mapping.names[Int(variable.name)]
            variable.type = mapping.nodes[Int(variable.type)]
            variables.append(variable)
        }
        for tag in found.tags { tags.insert(tag.mapped(mapping.nodes, mapping.names)) }
        addUnits(found, mapping.nodes)
    }

    /// Gives up the types for a reader to go on with.
    mutating func takeMemory() -> TypeMemory {
        var pool = TypePool()
        swap(&pool, &self.pool)
        pool.index()
        proposals = nil
        let memory = TypeMemory(continuing: pool, known)
        known = SuccessionTable(capacity: 1)
        return memory
    }

    /// Takes the types back, with what the reader has found beside.
    mutating func resume(_ found: FoundTypes) {
        pool = found.pool
        functions += found.functions
        variables += found.variables
        tags.formUnion(found.tags)
    }

    private mutating func addUnits(_ found: FoundTypes, _ mapping: [TypePool.NodeID]?) {
        var start = 0
        for (unit, end) in found.unitEnds {
            let first = unitTypes.count
            for index in start..<end {
                unitTypes.append(mapping?[Int(found.unitTypes[index])] ?? found.unitTypes[index])
            }
            unitRanges[unit] = first..<unitTypes.count
            start = end
        }
    }

    /// Calls `body` with each unit's number and its definitions and declarations of named types.
    func forEachUnit(_ body: (Int, ArraySlice<TypePool.NodeID>) -> Void) {
        for (unit, range) in unitRanges { body(unit, unitTypes[range]) }
    }

}
