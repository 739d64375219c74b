/// Reads units, one after the other, and keeps what it has not met before: one thread's part of a conversion.
///
/// A unit is read in three steps, none of which makes an object. The walk (here) goes once over the unit's entries and
/// notes each type's own words as a running hash, and its references as offsets. Hashing follows the references and
/// gives every type one fingerprint. A fingerprint that is known is done with; only a new type is decoded again, into
/// the pool.
struct UnitReader: ~Copyable {
    let sections: DebugSections.Readers
    let symbols: SymbolIndex

    /// All units, and which of them are read together.
    let groups: UnitGroups

    // The units that are being read; the memory is used again for the next ones.
    var group = 0..<0
    /// Where the group starts in .debug_info; offsets of entries count from here.
    var groupStart = 0
    var groupEnd = 0
    var unit: UnitHeader
    var stringOffsetsBase = 0
    var addressBase = 0
    var locationListsBase = 0
    /// The two bases of each unit of a group of several.
    var bases: [(strings: Int, addresses: Int, locationLists: Int)] = []
    /// Whether a unit refers to another one while each is read by itself.
    var refersAcross = false
    var abbreviations: AbbreviationTable
    var entries: RawArray<TypeEntry>
    var directory: EntryDirectory
    /// Offsets from the group's start; 0 is void.
    var references: RawArray<UInt32>
    var functionEntries = RawArray<FunctionEntry>()
    var variableEntries = RawArray<VariableEntry>()
    /// Types inside of structs, still to be read, with how deeply they are nested.
    var pending = RawArray<(offset: Int, depth: Int)>()
    var scratch = RawArray<UInt32>()
    /// What the entry that was decoded last says.
    var values = EntryValues()
    var lateEntries = 0
    var lateBytes = 0

    // What has been met in all units so far, and perhaps in other files.
    var pool: TypePool
    /// From a fingerprint of this reader to the pool's number.
    var known: SuccessionTable
    var typeTags: [Fingerprint: [NewTag]]
    var proposals: BaseProposals?
    var meetings: Meetings
    var part: PoolPart
    /// Whether names are keyed by what they are, not by where they are in this file.
    let keysNamesByContent: Bool

    // What has been found in this file's units.
    var knownFunctions = SuccessionTable()
    var functions: [FoundFunction] = []
    var variables: [FoundVariable] = []
    var tags: Set<FoundTag> = []
    /// The tags of the type or function that is being added.
    var newTags: [NewTag] = []
    /// Definitions and declarations of structs, unions and enumerations with names, unit by unit.
    var unitTypes: [TypePool.NodeID] = []
    /// Each group's number, and where its types end in `unitTypes`.
    var unitEnds: [(unit: Int, end: Int)] = []
    /// For each entry of the unit to be read, what sets it apart from the type of the same name elsewhere; empty when
    /// nothing does. See ``ConflictResolver``.
    var signatures: [Fingerprint] = []
    /// For a function's name, by its key, what the symbol table says of it.
    var functionStates = SuccessionTable()
    var counts = UnitCounts()
    /// How often what is met counts: once, or minus once while what a unit holds is taken back.
    var weight: Int32 = 1

    static let scopeDepthLimit = 1 << 12
    static let typeDepthLimit = 64
    static let lateEntryLimit = 1 << 12
    /// How many bytes may be read as late entries, or as many as the units have: entries that lie in each other are
    /// read once for each.
    static let lateByteLimit = 1 << 20
    /// More than any name has: the kernel takes 512.
    static let nameLengthLimit = 1 << 12
    static let referenceDepthLimit = 400

    /// Makes a reader of a file.
    ///
    /// - Parameters:
    ///   - sections: the file's sections.
    ///   - symbols: what its symbols say.
    ///   - groups: its units.
    ///   - memory: what the reader of another file has left, or an empty one.
    init(
        _ sections: DebugSections.Readers,
        _ symbols: SymbolIndex,
        _ groups: UnitGroups,
        _ memory: consuming TypeMemory
    ) {
        self.sections = sections
        self.symbols = symbols
        self.groups = groups
        unit = .none
        keysNamesByContent = memory.outlivesFile
        pool = memory.pool
        known = memory.known
        typeTags = memory.typeTags
        proposals = memory.proposals
        meetings = memory.meetings
        part = memory.part
        abbreviations = memory.abbreviations
        entries = memory.entries
        directory = memory.directory
        references = memory.references
        abbreviations.forget()
    }

    /// Makes a reader of a file that nothing is left of.
    init(_ sections: DebugSections.Readers, _ symbols: SymbolIndex, _ groups: UnitGroups) {
        self.init(sections, symbols, groups, TypeMemory(forFileOf: sections.info.count))
    }

    /// Reads a group of units and adds what is new in it to the pool.
    mutating func read(_ group: Range<Int>) throws(Fault) {
        prepare(group)
        if group.count > 1 { try noteBases() }
        for number in group {
            try enter(number)
            try readUnit(number)
            if refersAcross { return }
        }
        for index in 0..<min(signatures.count, entries.count) where entries[index].isNominal {
            if signatures[index] == .zero { continue }
            directory[index].mix(signatures[index])
            entries[index].local.mix(signatures[index])
        }
        try hashAndKeep()
    }

    /// Makes ready for a group of units.
    mutating func prepare(_ group: Range<Int>) {
        self.group = group
        guard let first = group.first, let last = group.last else { return }
        groupStart = groups.units[first].start
        groupEnd = groups.units[last].end
        bases.removeAll(keepingCapacity: true)
        entries.removeAll()
        references.removeAll()
        functionEntries.removeAll()
        variableEntries.removeAll()
        pending.removeAll()
        lateEntries = 0
        lateBytes = 0
        directory.clear(unitSize: groupEnd - groupStart)
    }

    /// Walks over a unit's entries.
    private mutating func readUnit(_ number: Int) throws(Fault) {
        guard let (plan, start) = try readUnitEntry() else {
            counts.empty += 1
            return
        }
        guard accepts(plan.role, number) else { return }
        counts.read += 1
        if abbreviations.hasForeignReferences, !groups.isLinked {
            refersAcross = true
            return
        }
        guard plan.flags.contains(.hasChildren) else { return }
        let firstReference = references.count
        try walk(from: start, depth: 0)
        while let next = pending.popLast() { try walkOne(at: next.offset, depth: next.depth) }
        rebaseReferences(from: firstReference)
    }

    /// Reads the unit's own entry, and notes the bases that are in it.
    ///
    /// - Returns: its abbreviation, and where its children start; nil where the unit is empty.
    /// - Throws: `Fault` where the entry is damaged.
    mutating func readUnitEntry() throws(Fault) -> (plan: AbbreviationPlan, start: Int)? {
        var at = unit.entries
        let code = at < unit.end ? try sections.info.uleb(&at, end: unit.end) : 0
        if code == 0 { return nil }
        let plan = abbreviations.plan(code)
        guard plan.role == .unit || plan.role == .partialUnit else {
            throw Fault(.abbreviationCode(code), at: unit.entries)
        }
        try decode(code, &at)
        stringOffsetsBase = Int(clamping: values[.stringOffsetsBase] ?? UInt64(unit.offsetSize) * 2)
        addressBase = Int(clamping: values[.addressBase] ?? 8)
        locationListsBase = Int(clamping: values[.locationListsBase] ?? UInt64(unit.offsetSize) * 3)
        return (plan, at)
    }

    /// Reads the needed attributes of an entry into `values`, and moves behind all of them.
    @inline(__always)
    mutating func decode(_ code: UInt64, _ at: inout Int) throws(Fault) {
        try abbreviations.decode(abbreviations.plan(code), sections.info, &at, unit, into: &values)
    }

    /// Whether a unit is one to convert, going by its kind, by its language and by what leads to it; counts it if not.
    private mutating func accepts(_ role: AbbreviationPlan.Role, _ number: Int) -> Bool {
        switch unit.kind {
        case .compile where role == .unit:
            if acceptsLanguage() { return true }
        case .compile, .partial, .type:
            if groups.leadsTo(number) { return true }
            if unit.kind == .type, !groups.isLinked { refersAcross = true }
            counts.otherKinds += 1
            return false
        case .skeleton, .splitCompile, .splitType:
            counts.otherKinds += 1
            return false
        }
        let language = values[.language] ?? 0
        if language == Language.rust {
            counts.rust += 1
        } else if Language.assembler.contains(language) {
            counts.assembler += 1
        } else {
            counts.otherLanguages += 1
        }
        return false
    }

    /// Whether the unit whose entry was just read is of C, or does not say what it is of.
    func acceptsLanguage() -> Bool { values[.language].map { Language.c.contains($0) } ?? true }

    // MARK: - The walk

    /// Reads entries and their siblings, up to the end of the list that the first one is in.
    ///
    /// - Parameters:
    ///   - start: where the first entry is.
    ///   - depth: how many structs the entries are nested in.
    /// - Throws: `Fault` where an entry is damaged.
    private mutating func walk(from start: Int, depth: Int) throws(Fault) {
        let info = sections.info
        let end = unit.end
        var at = start
        var scopes = 0
        while at < end {
            let entry = at
            let code = try info.uleb(&at, end: end)
            if code == 0 {
                if scopes == 0 { return }
                scopes -= 1
                continue
            }
            switch abbreviations.role(code) {
            case .missing: throw Fault(.abbreviationCode(code), at: entry)
            case .scope:
                let plan = abbreviations.plan(code)
                _ = try abbreviations.skip(plan, info, &at, unit)
                if plan.flags.contains(.hasChildren) { scopes += 1 }
            case .subprogram:
                if try readSubprogram(code, entry: entry, &at) { scopes += 1 }
            case .variable:
                if scopes == 0, depth == 0, abbreviations.plan(code).flags.contains(.hasLocation) {
                    try readVariable(code, &at)
                } else {
                    try skipEntry(code, &at)
                }
            default: try readType(code, entry: entry, &at, depth: depth)
            }
            guard scopes <= UnitReader.scopeDepthLimit else { throw Fault(.nesting, at: entry) }
        }
    }

    /// Reads a single type that the walk has passed by.
    ///
    /// - Returns: where it ends.
    @discardableResult
    mutating func walkOne(at offset: Int, depth: Int) throws(Fault) -> Int {
        guard depth <= UnitReader.typeDepthLimit else { throw Fault(.nesting, at: offset) }
        var at = offset
        let code = try sections.info.uleb(&at, end: unit.end)
        try readType(code, entry: offset, &at, depth: depth)
        return at
    }

    /// Reads an entry if it is a type, and moves behind it and its children in any case.
    private mutating func readType(
        _ code: UInt64,
        entry: Int,
        _ at: inout Int,
        depth: Int
    ) throws(Fault) {
        let role = abbreviations.role(code)
        switch role {
        case .structure, .union: try readComposite(code, entry: entry, &at, depth: depth)
        case .enumeration: try readEnumeration(code, entry: entry, &at)
        case .pointer, .const, .volatile, .restrict, .typedef, .alias: try readReference(code, entry: entry, &at)
        case .array: try readArray(code, entry: entry, &at)
        case .subroutine: try readSubroutine(code, entry: entry, &at)
        case .base: try readBase(code, entry: entry, &at)
        case .void:
            begin(role, at: entry, Fingerprint(seed: 0))
            try skipEntry(code, &at)
        default: try skipEntry(code, &at)
        }
    }

    /// Starts a type entry.
    @inline(__always)
    mutating func begin(_ role: AbbreviationPlan.Role, at entry: Int, _ local: Fingerprint) {
        let offset = entry &- groupStart
        directory.add(offset, .zero)
        entries.append(
            TypeEntry(
                offset: UInt32(truncatingIfNeeded: offset),
                role: role,
                firstReference: UInt32(truncatingIfNeeded: references.count),
                local: local
            )
        )
    }

    /// Moves behind an entry and its children.
    mutating func skipEntry(_ code: UInt64, _ at: inout Int) throws(Fault) {
        let plan = abbreviations.plan(code)
        let info = sections.info
        let end = unit.end
        let sibling = try abbreviations.skip(plan, info, &at, unit)
        if !plan.flags.contains(.hasChildren) { return }
        if sibling != 0 {
            at = try position(ofSibling: sibling, behind: at)
            return
        }
        var depth = 1
        while at < end {
            let entry = at
            let code = try info.uleb(&at, end: end)
            if code == 0 {
                depth -= 1
                if depth == 0 { return }
                continue
            }
            let plan = abbreviations.plan(code)
            guard plan.role != .missing else { throw Fault(.abbreviationCode(code), at: entry) }
            let sibling = try abbreviations.skip(plan, info, &at, unit)
            if !plan.flags.contains(.hasChildren) { continue }
            if sibling != 0 {
                at = try position(ofSibling: sibling, behind: at)
            } else {
                depth += 1
            }
        }
        throw Fault(.truncated, at: end)
    }

    /// Where a sibling is, which must lie ahead in the unit.
    @inline(__always)
    mutating func position(ofSibling sibling: UInt64, behind at: Int) throws(Fault) -> Int {
        guard sibling <= UInt64(unit.end - unit.start), unit.start + Int(sibling) >= at else {
            throw Fault(.badSibling(sibling), at: at)
        }
        return unit.start + Int(sibling)
    }
}

/// How many units were read, and what the others were.
struct UnitCounts: BitwiseCopyable, Sendable {
    var read = 0
    var empty = 0
    var assembler = 0
    var rust = 0
    var otherLanguages = 0
    var otherKinds = 0
    /// Functions, counted once per unit, that no symbol of the file names.
    var functionsUnwanted = 0
    /// Functions, counted once per unit, with a parameter that has no name.
    var functionsWithoutNames = 0

    mutating func add(_ other: UnitCounts) {
        read += other.read
        empty += other.empty
        assembler += other.assembler
        rust += other.rust
        otherLanguages += other.otherLanguages
        otherKinds += other.otherKinds
        functionsUnwanted += other.functionsUnwanted
        functionsWithoutNames += other.functionsWithoutNames
    }
}

/// A function that was met: its name, its prototype, and in how many entries.
struct FoundFunction: BitwiseCopyable, Sendable {
    var name: UInt32
    var prototype: TypePool.NodeID
    /// The lowest address at which it starts; 0 where an entry has none.
    var address = UInt64.max
    /// Whether an entry takes a parameter in another register than the calling convention's.
    var isMisplaced = false
    /// In how many entries it was met.
    var uses: Int32 = 0

    /// Takes in what an entry says.
    @inline(__always)
    mutating func note(_ entry: FunctionEntry) {
        address = min(address, entry.address)
        isMisplaced = isMisplaced || entry.isMisplaced
    }
}

/// A per-CPU variable that was met.
struct FoundVariable: BitwiseCopyable, Sendable {
    var name: UInt32
    var type: TypePool.NodeID
    var address: UInt64
    var isExternal: Bool
    /// In how many entries it was met.
    var uses: Int32 = 1
}
