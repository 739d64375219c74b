/// What is written: which definition each name stands for, which functions, which variables.
struct Emission {
    /// For each record, the record to write in its place: itself, the definition that a nominal record stands for, or
    /// 0 for a record that is not written.
    private(set) var bindings: [TypePool.NodeID]
    let functions: [FoundFunction]
    private(set) var variables: [PlacedVariable] = []
    let inconsistentFunctions: Int
    let misplacedFunctions: Int

    /// Settles what is written of what was found, on a machine whose registers have so many bytes.
    init(_ gathered: GatheredTypes, _ symbols: SymbolIndex, registerSize: Int) {
        bindings = [TypePool.NodeID](repeating: 0, count: gathered.pool.nodes.count)
        let selection = FunctionSelection(gathered, registerSize: registerSize)
        functions = selection.functions
        inconsistentFunctions = selection.inconsistent
        misplacedFunctions = selection.misplaced
        keepVariables(gathered, symbols)
        bind(gathered)
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
        bindDeclarations(pool)
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

    /// Binds a name that nothing defines as it stands to the one definition that the same name has elsewhere.
    ///
    /// A definition that leads to a name with several definitions is set apart from its plain name, under which other
    /// units declare it. libbpf resolves a declaration whenever its name has one definition in all.
    private mutating func bindDeclarations(_ pool: TypePool) {
        var open: [DeclaredName: [Int]] = [:]
        for (index, node) in pool.nodes.enumerated() where node.shape == .nominal && bindings[index] == UInt32(index) {
            open[DeclaredName(node), default: []].append(index)
        }
        if open.isEmpty { return }
        var definitions: [DeclaredName: Set<TypePool.NodeID>] = [:]
        for (index, node) in pool.nodes.enumerated() where node.shape == .nominal {
            let bound = bindings[index]
            let name = DeclaredName(node)
            if bound != 0, bound != UInt32(index), open[name] != nil { definitions[name, default: []].insert(bound) }
        }
        for (name, found) in definitions where found.count == 1 {
            for nominal in open[name] ?? [] { bindings[nominal] = found.first ?? 0 }
        }
    }

    /// A name with the kind of type that it is declared as.
    private struct DeclaredName: Hashable {
        let name: UInt32
        let kind: UInt8

        init(_ node: TypePool.Node) {
            name = node.name
            kind = node.detail
        }
    }
}

/// A per-CPU variable with the size that its symbol has.
struct PlacedVariable {
    var found: FoundVariable
    var size: UInt32
}
