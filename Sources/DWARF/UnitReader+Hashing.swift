// From a unit's entries to fingerprints, and from unknown fingerprints to the pool.

extension UnitReader {
    /// Gives every entry of the unit its fingerprint and adds the unknown ones to the pool.
    mutating func hashAndKeep() throws(Fault) {
        var index = 0
        // A reference can bring in one more entry, so the count is asked for each time.
        while index < entries.count {
            if entries.element(known: index).state == .read { try hash(index, depth: 0) }
            index += 1
        }
        try keepFunctions()
        try keepVariables()
    }

    /// Hashes an entry after all that it refers to, looks it up, and adds it to the pool when it is new.
    private mutating func hash(_ index: Int, depth: Int) throws(Fault) {
        let entry = entries.element(known: index)
        guard depth <= UnitReader.referenceDepthLimit else {
            throw Fault(.referenceChain, at: groupStart + Int(entry.offset))
        }
        entries[index].state = .hashing
        var hash = entry.local
        let first = Int(entry.firstReference)
        for position in first..<first &+ Int(entry.referenceCount) {
            let offset = references.element(known: position)
            if offset == 0 {
                hash.mix(TypePool.void)
                continue
            }
            let target = try locate(offset, from: index)
            var known = directory[target]
            if known == .zero {
                guard entries[target].state == .read else {
                    throw Fault(.typeCycle, at: groupStart + Int(entry.offset))
                }
                try self.hash(target, depth: depth &+ 1)
                known = directory[target]
            }
            hash.mix(known)
        }
        entries[index].state = .hashed
        entries[index].local = hash
        switch entry.role {
        case .alias:
            let offset = references[first]
            directory[index] = offset == 0 ? TypePool.void : directory[try locate(offset, from: index)]
        case .void: directory[index] = TypePool.void
        case .subprogram: directory[index] = hash
        default:
            if !entry.isNominal { directory[index] = hash }
            try keep(index, entry.isDeclaration ? directory[index] : hash)
        }
    }

    /// The entry at an offset; one that the walk passed by is read now.
    @inline(__always)
    mutating func locate(_ offset: UInt32, from index: Int) throws(Fault) -> Int {
        if let known = directory.find(offset) { return known }
        return try readLate(offset, from: index)
    }

    @inline(never)
    private mutating func readLate(_ offset: UInt32, from index: Int) throws(Fault) -> Int {
        let reference = groupStart + Int(entries[index].offset)
        let position = groupStart + Int(offset)
        try enter(unitAt: position)
        guard position >= unit.entries, pending.count == 0 else {
            throw Fault(.badReference(UInt64(offset)), at: reference)
        }
        let firstReference = references.count
        lateEntries += 1
        guard lateEntries <= UnitReader.lateEntryLimit else { throw Fault(.nesting, at: reference) }
        lateBytes += try walkOne(at: position, depth: 0) - position
        guard lateBytes <= max(UnitReader.lateByteLimit, groupEnd - groupStart) else {
            throw Fault(.nesting, at: reference)
        }
        while let next = pending.popLast() { try walkOne(at: next.offset, depth: next.depth) }
        rebaseReferences(from: firstReference)
        guard let found = directory.find(offset) else { throw Fault(.badReference(UInt64(offset)), at: reference) }
        return found
    }

    /// Looks an entry up by its fingerprint, and adds it to the pool when it is new.
    private mutating func keep(_ index: Int, _ key: Fingerprint) throws(Fault) {
        var node = known.recall(key)
        if node == 0 {
            let isName = entries[index].isNominal && entries[index].isDeclaration
            node = isName ? try nominalNode(index) : try materialise(index, depth: 0)
        }
        meetings.add(node, weight)
        if !typeTags.isEmpty, let known = typeTags[key] {
            newTags = known
            keepTags(of: .type(node))
        }
        if entries[index].isNominal { unitTypes.append(node) }
    }

    /// Notes the unit's functions, each with its prototype.
    private mutating func keepFunctions() throws(Fault) {
        for position in 0..<functionEntries.count {
            let function = functionEntries[position]
            let index = Int(function.entry)
            var key = Fingerprint(seed: function.nameKey)
            key.mix(directory[index])
            let known = Int(knownFunctions.use(key, weight))
            if known != 0 {
                functions[known - 1].note(function)
                continue
            }
            let prototype = try node(index, depth: 0)
            var (code, at) = try start(of: index)
            let (home, body) = (unit.start, at)
            try decode(code, &at)
            _ = try followOrigins(.subprogram)
            let name = try intern(values.name)
            try enter(unitAt: home)
            var found = FoundFunction(name: name, prototype: prototype)
            found.note(function)
            functions.append(found)
            if abbreviations.hasAnnotations {
                try readFunctionTags(of: code, body)
                keepTags(of: .function(name: name, prototype: prototype))
            }
            knownFunctions.insert(key, UInt32(functions.count), uses: weight)
        }
    }

    /// Notes the unit's per-CPU variables.
    private mutating func keepVariables() throws(Fault) {
        for position in 0..<variableEntries.count {
            let variable = variableEntries[position]
            guard let index = directory.find(variable.type) else { continue }
            variables.append(
                FoundVariable(
                    name: variable.name,
                    type: try node(index, depth: 0),
                    address: variable.address,
                    isExternal: variable.isExternal,
                    uses: weight
                )
            )
        }
    }
}
