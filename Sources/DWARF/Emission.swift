/// What is written: which definition each name stands for, which functions, which variables.
struct Emission {
    /// For each record, the record to write in its place: itself, the definition that a nominal record stands for, or
    /// 0 for a record that is not written.
    private(set) var bindings: [TypePool.NodeID]
    private(set) var functions: [FoundFunction] = []
    private(set) var variables: [PlacedVariable] = []
    private(set) var inconsistentFunctions = 0

    /// Settles what is written of what was found.
    init(_ gathered: GatheredTypes, _ symbols: SymbolIndex) {
        bindings = [TypePool.NodeID](repeating: 0, count: gathered.pool.nodes.count)
        keepFunctions(gathered)
        keepVariables(gathered, symbols)
        bind(gathered)
    }

    /// Keeps the functions on whose prototype all units agree.
    private mutating func keepFunctions(_ gathered: GatheredTypes) {
        var sorted = gathered.functions
        sorted.sort { ($0.name, $0.prototype) < ($1.name, $1.prototype) }
        var start = 0
        while start < sorted.count {
            var prototypes = 0
            var kept = sorted[start]
            var next = start
            while next < sorted.count, sorted[next].name == sorted[start].name {
                let first = next
                var uses: Int32 = 0
                while next < sorted.count, sorted[next].name == sorted[start].name,
                    sorted[next].prototype == sorted[first].prototype
                {
                    uses &+= sorted[next].uses
                    next += 1
                }
                if uses > 0 {
                    prototypes += 1
                    kept = sorted[first]
                }
            }
            if prototypes == 1 { functions.append(kept) }
            if prototypes > 1 { inconsistentFunctions += 1 }
            start = next
        }
    }

    private mutating func keepVariables(_ gathered: GatheredTypes, _ symbols: SymbolIndex) {
        let pool = gathered.pool
        var uses: [UInt64: [TypePool.NodeID: Int32]] = [:]
        for variable in gathered.variables {
            uses[variable.address, default: [:]][variable.type, default: 0] += variable.uses
        }
        let sorted = gathered.variables.sorted {
            ($0.address, pool.names.fingerprint($0.name), pool.nodes[Int($0.type)].fingerprint)
                < ($1.address, pool.names.fingerprint($1.name), pool.nodes[Int($1.type)].fingerprint)
        }
        for variable in sorted where (uses[variable.address]?[variable.type] ?? 0) > 0 {
            if let last = variables.last, last.found.address == variable.address { continue }
            let name = pool.names.fingerprint(variable.name)
            guard let symbol = symbols.perCPU[variable.address]?.first(where: { $0.name == name }) else { continue }
            variables.append(PlacedVariable(found: variable, size: symbol.size))
        }
    }

    /// Binds each name to its definition; a name that has none is a forward declaration.
    private mutating func bind(_ gathered: GatheredTypes) {
        let pool = gathered.pool
        for (index, node) in pool.nodes.enumerated() where node.uses > 0 || node.shape == .nominal {
            bindings[index] = UInt32(index)
        }
        for function in functions { bindings[Int(function.prototype)] = function.prototype }
        // A type tag is met with the pointer that it belongs to; what refers to it has the higher number.
        for index in pool.nodes.indices.reversed() where bindings[index] == UInt32(index) {
            let target = pool.nodes[index].target
            if pool.nodes[Int(target)].shape == .typeTag { bindings[Int(target)] = target }
        }
        let definitions = NameDefinitions(in: pool)
        for name in definitions.names { bindings[Int(name)] = definitions.mostUsed(of: name, in: pool) }
        // A name that nothing refers to any more is not written.
        var isNeeded = [Bool](repeating: false, count: pool.nodes.count)
        for (index, node) in pool.nodes.enumerated() where bindings[index] == UInt32(index) && node.shape != .nominal {
            if !node.isDefinition { isNeeded[Int(node.target)] = true }
            for part in pool.parts[Int(node.firstPart)..<Int(node.firstPart + node.partCount)] {
                isNeeded[Int(part.type)] = true
            }
        }
        for (index, node) in pool.nodes.enumerated() where node.shape == .nominal && bindings[index] == UInt32(index) {
            if node.uses == 0, !isNeeded[index] { bindings[index] = 0 }
        }
    }
}

/// A per-CPU variable with the size that its symbol has.
struct PlacedVariable {
    var found: FoundVariable
    var size: UInt32
}
