// Functions and per-CPU variables.

extension UnitReader {
    /// Reads a function as far as its prototype.
    ///
    /// - Parameters:
    ///   - code: the function's abbreviation.
    ///   - entry: where its entry starts.
    ///   - at: where its attributes start; then, where to go on.
    /// - Returns: whether the function's children are to be walked next: its body may define types.
    /// - Throws: `Fault` where an entry is damaged.
    mutating func readSubprogram(
        _ code: UInt64,
        entry: Int,
        _ at: inout Int
    ) throws(Fault) -> Bool {
        let plan = abbreviations.plan(code)
        if plan.flags.contains(.declaration) {
            try skipEntry(code, &at)
            return false
        }
        let hasChildren = plan.flags.contains(.hasChildren)
        let home = unit.start
        let body = at
        var key: UInt64
        var type: UInt32 = 0
        var isExternal = plan.flags.contains(.external)
        var address: UInt64 = 0
        var named = (code: code, body: body)
        var result: (reference: EntryValues.Reference, unit: Int)?
        if plan.flags.contains(.isSimple) {
            key = try simpleNameKey(plan, sections.info, &at, end: unit.end)
            type = sections.info.field(plan.type, at)
            if plan.value.width > 0 {
                address = sections.info.number(at &+ Int(plan.value.at), width: unit.addressSize)
            }
            at &+= Int(plan.fixedSize)
            guard at <= unit.end else { throw Fault(.truncated, at: body) }
        } else {
            try decode(code, &at)
            if values.isDeclaration {
                at = body
                try skipEntry(code, &at)
                return false
            }
            var reference = (values.type, home)
            address = values[.lowAddress] ?? 0
            isExternal = values.isExternal
            if !values.hasName, let origin = try followOrigins(.subprogram) {
                named = origin
                if case .none = reference.0 { reference = (values.type, unit.start) }
                isExternal = isExternal || values.isExternal
            }
            result = reference
            key = try nameKey(values.name, at: body)
        }
        var state = SymbolIndex.FunctionState.absent
        if key != 0 {
            state = try self.state(ofFunction: key, named.code, named.body, isExternal: isExternal)
            if state == .absent { counts.functionsUnwanted += 1 }
        }
        if let result, state != .absent {
            try enter(unitAt: result.unit)
            type = try offset(of: result.reference, at: body, from: home)
        }
        try enter(unitAt: home)
        guard state != .absent else { return hasChildren }
        return try readPrototype(entry: entry, key, type, address, state, plan, &at)
    }

    /// Reads the parameters of a function that is wanted.
    private mutating func readPrototype(
        entry: Int,
        _ key: UInt64,
        _ result: UInt32,
        _ address: UInt64,
        _ state: SymbolIndex.FunctionState,
        _ function: AbbreviationPlan,
        _ at: inout Int
    ) throws(Fault) -> Bool {
        let hasChildren = function.flags.contains(.hasChildren)
        // gcc writes parameters before anything that the body declares; clang writes static variables and types first,
        // and is known by that it never says where a sibling is.
        // Of a function that gcc has changed, the parameters that it has taken out stand behind the body.
        let comeFirst = function.sibling.width > 0 && state != .changed
        var hash = Fingerprint(seed: UInt64(AbbreviationPlan.Role.subprogram.rawValue))
        scratch.removeAll()
        scratch.append(result)
        var resume: Int?
        var hasAllNames = true
        var isMisplaced = false
        var count = 0
        var isInside = hasChildren
        var next = at
        scan: while isInside {
            let child = next
            let code = try sections.info.uleb(&next, end: unit.end)
            if code == 0 {
                isInside = false
                break
            }
            switch abbreviations.role(code) {
            case .missing: throw Fault(.abbreviationCode(code), at: child)
            case .parameter:
                let parameter = try readFunctionParameter(code, count, &next)
                count &+= 1
                if parameter.nameKey == 0 { hasAllNames = false }
                if parameter.isMisplaced { isMisplaced = true }
                hash.mix(parameter.nameKey, 1)
                scratch.append(parameter.type)
            case .unspecifiedParameters:
                try skipEntry(code, &next)
                hash.mix(0, 2)
                scratch.append(0)
            case .variable, .scope, .skip, .subprogram:
                resume = resume ?? child
                if comeFirst { break scan }
                try skipEntry(code, &next)
            default:
                resume = resume ?? child
                try skipEntry(code, &next)
            }
        }
        at = resume ?? next
        guard hasAllNames else {
            counts.functionsWithoutNames += 1
            return isInside || resume != nil
        }
        if abbreviations.hasAnnotations { try mixFunctionAnnotations(ofEntryAt: entry, &hash) }
        begin(.subprogram, at: entry, hash)
        let index = entries.count &- 1
        for reference in 0..<scratch.count { references.append(scratch[reference]) }
        entries[index].referenceCount = UInt32(scratch.count)
        functionEntries.append(
            FunctionEntry(
                entry: UInt32(index),
                nameKey: key,
                address: address,
                isMisplaced: isMisplaced
            )
        )
        return isInside || resume != nil
    }

    /// What the symbol table says of a function; where there is none, one that is external counts as a symbol.
    private mutating func state(
        ofFunction key: UInt64,
        _ code: UInt64,
        _ body: Int,
        isExternal: Bool
    ) throws(Fault) -> SymbolIndex.FunctionState {
        guard let functions = symbols.functions else { return isExternal ? .asWritten : .absent }
        let memo = Fingerprint(high: key, low: (key &* 0x9e37_79b9_7f4a_7c15) >> 40)
        let known = functionStates.recall(memo)
        if let state = SymbolIndex.FunctionState(rawValue: known) { return state }
        var at = body
        try decode(code, &at)
        let value = functions.value(for: try withName(values.name) { $0.fingerprint($1, $2) })
        let state = SymbolIndex.FunctionState(rawValue: value) ?? .absent
        functionStates.insert(memo, state.rawValue)
        return state
    }

    // MARK: - Variables

    /// Notes a variable if it is a per-CPU one: if the symbol table has a per-CPU symbol of its name at its address.
    mutating func readVariable(_ code: UInt64, _ at: inout Int) throws(Fault) {
        let plan = abbreviations.plan(code)
        let body = at
        try decode(code, &at)
        let name = values.name
        let type = values.type
        if plan.flags.contains(.hasChildren) {
            at = body
            try skipEntry(code, &at)
        }
        guard !symbols.perCPU.isEmpty, let address = address(in: values.location) else { return }
        let offset = address &- symbols.perCPUAddress
        guard let candidates = symbols.perCPU[offset] else { return }
        var isExternal = values.isExternal || plan.flags.contains(.external)
        let origin = try localReference(values.origin, at: body)
        var typeOffset = try self.offset(of: type, at: body, from: groupStart)
        var number = try intern(name, ofOneOf: candidates)
        // The definition of a declared variable has the address, its declaration has the name and the type.
        if origin != 0 {
            let home = unit.start
            var at = groupStart + Int(origin &+ UInt32(truncatingIfNeeded: home - groupStart))
            try enter(unitAt: at)
            let code = try sections.info.uleb(&at, end: unit.end)
            let plan = abbreviations.plan(code)
            if plan.role == .variable {
                try decode(code, &at)
                if number == 0 { number = try intern(values.name, ofOneOf: candidates) }
                if typeOffset == 0 { typeOffset = try self.offset(of: values.type, at: at, from: groupStart) }
                isExternal = isExternal || values.isExternal || plan.flags.contains(.external)
            }
            try enter(unitAt: home)
        }
        guard typeOffset != 0, number != 0 else { return }
        variableEntries.append(
            VariableEntry(type: typeOffset, name: number, address: offset, isExternal: isExternal)
        )
        guard abbreviations.hasAnnotations else { return }
        newTags.removeAll(keepingCapacity: true)
        try addTags(of: code, body, component: -1)
        keepTags(of: .variable(address: offset))
    }

    /// The pool's number for a name if it is that of one of some symbols, else 0.
    private mutating func intern(
        _ name: EntryValues.Name,
        ofOneOf symbols: [SymbolIndex.PerCPUSymbol]
    ) throws(Fault) -> UInt32 {
        if case .none = name { return 0 }
        let fingerprint = try withName(name) { $0.fingerprint($1, $2) }
        return symbols.contains { $0.name == fingerprint } ? try intern(name) : 0
    }

    /// The address in an expression that is nothing else: DW_OP_addr, or DW_OP_addrx into .debug_addr.
    private mutating func address(in location: Range<Int>) -> UInt64? {
        let info = sections.info
        let size = Int(unit.addressSize)
        guard let operation = location.first else { return nil }
        switch info.byte(operation) {
        case 0x03 where location.count == 1 + size:
            return info.number(operation + 1, width: unit.addressSize)
        case 0xa1:
            var at = operation + 1
            guard let index = try? info.uleb(&at, end: location.upperBound), at == location.upperBound else {
                return nil
            }
            let (scaled, overflow) = index.multipliedReportingOverflow(by: UInt64(size))
            guard !overflow, addressBase <= sections.addresses.count,
                scaled <= UInt64(sections.addresses.count - addressBase),
                sections.addresses.count - addressBase - Int(scaled) >= size
            else { return nil }
            return sections.addresses.number(addressBase + Int(scaled), width: unit.addressSize)
        default: return nil
        }
    }
}
