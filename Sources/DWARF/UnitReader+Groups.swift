// Units that refer to each other: finding out which, and reading several as one.
//
// An entry's offset counts from the start of the group, and so does a reference once the unit that it is in has been
// walked. A group of one unit starts where its unit does, so that for it nothing of this comes to any work.

extension UnitReader {
    /// Makes a unit the one that is being read.
    mutating func enter(_ number: Int) throws(Fault) {
        unit = groups.units[number]
        try abbreviations.load(for: unit, from: sections.abbreviations, keepingOthers: group.count > 1)
    }

    /// Notes the bases of all units of the group, any of which may be entered from now on.
    mutating func noteBases() throws(Fault) {
        for number in group {
            try enter(number)
            let isEmpty = try readUnitEntry() == nil
            bases.append(isEmpty ? (0, 0, 0) : (stringOffsetsBase, addressBase, locationListsBase))
        }
    }

    /// Makes the unit of the group that holds a position the one that is being read.
    @inline(__always)
    mutating func enter(unitAt position: Int) throws(Fault) {
        if _fastPath(position >= unit.start && position < unit.end) { return }
        try change(toUnitAt: position)
    }

    @inline(never)
    private mutating func change(toUnitAt position: Int) throws(Fault) {
        guard let number = groups.unit(at: position), group.contains(number), number - group.lowerBound < bases.count
        else { throw Fault(.badReference(UInt64(max(position, 0))), at: unit.start) }
        try enter(number)
        (stringOffsetsBase, addressBase, locationListsBase) = bases[number - group.lowerBound]
    }

    /// Lets the references of the unit that was just walked count from the start of the group.
    mutating func rebaseReferences(from first: Int) {
        let shift = UInt32(truncatingIfNeeded: unit.start - groupStart)
        if shift == 0 { return }
        for index in first..<references.count where references[index] != 0 { references[index] &+= shift }
    }

    /// A reference of the unit that is being read as an offset from another place of the group; 0 is void.
    mutating func offset(
        of reference: EntryValues.Reference,
        at position: Int,
        from start: Int
    ) throws(Fault) -> UInt32 {
        let offset = try localReference(reference, at: position)
        return offset == 0 ? 0 : offset &+ UInt32(truncatingIfNeeded: unit.start - start)
    }

    /// An entry of the group that another one refers to; its unit is being read from now on.
    mutating func entry(atGroupOffset offset: UInt32) throws(Fault) -> (code: UInt64, body: Int) {
        let position = groupStart + Int(offset)
        try enter(unitAt: position)
        guard position >= unit.entries else { throw Fault(.badReference(UInt64(offset)), at: unit.start) }
        var at = position
        let code = try sections.info.uleb(&at, end: unit.end)
        let plan = abbreviations.plan(code)
        guard plan.role != .missing else { throw Fault(.abbreviationCode(code), at: position) }
        // It is read once for each entry that refers to it.
        guard plan.stepCount <= UnitReader.stepLimit else { throw Fault(.badReference(UInt64(offset)), at: position) }
        return (code, at)
    }

    /// More than the attributes of any entry.
    private static let stepLimit = 256

    /// A position of .debug_info as an offset from the unit's start, to be rebased with the others.
    func offset(ofForeign target: UInt64, at position: Int) throws(Fault) -> UInt32 {
        guard target > UInt64(groupStart), target < UInt64(groupEnd) else {
            throw Fault(.foreignReference(target), at: position)
        }
        return UInt32(truncatingIfNeeded: Int(target) - unit.start)
    }

    /// The type with a signature, as an offset from the unit's start, to be rebased with the others.
    func offset(ofSignature signature: UInt64, at position: Int) throws(Fault) -> UInt32 {
        guard let target = groups.position(ofSignature: signature) else {
            throw Fault(.noTypeUnit(signature), at: position)
        }
        return try offset(ofForeign: UInt64(target), at: position)
    }

    /// The position in the joined .debug_info of an entry of the supplementary file.
    func supplementaryPosition(_ target: UInt64, at position: Int) throws(Fault) -> UInt64 {
        let supplement = sections.supplement
        guard supplement.isThere else { throw Fault(.supplementaryReference(target), at: position) }
        return min(target, UInt64(UInt32.max)) + UInt64(supplement.info)
    }

    // MARK: - Links

    /// A unit that another one refers to.
    struct Link: Hashable {
        let unit: Int
        /// Whether the unit's types are only made visible (DW_TAG_imported_unit), and none of them is referred to.
        let isImport: Bool
    }

    /// Whether a unit is one to convert by itself: a compilation unit or a type unit of C.
    mutating func isRoot(_ number: Int) throws(Fault) -> Bool {
        prepare(number..<number + 1)
        try enter(number)
        guard let entry = try readUnitEntry(), acceptsLanguage() else { return false }
        switch unit.kind {
        case .compile: return entry.plan.role == .unit
        case .type: return values[.language] != nil
        case .partial, .skeleton, .splitCompile, .splitType: return false
        }
    }

    /// The units that a unit refers to.
    mutating func links(from number: Int, _ signatures: [UInt64: Int]) throws(Fault) -> Set<Link> {
        prepare(number..<number + 1)
        try enter(number)
        guard abbreviations.hasForeignReferences else { return [] }
        var links: Set<Link> = []
        let info = sections.info
        var at = unit.entries
        var last = 0..<0
        while at < unit.end {
            let entry = at
            let code = try info.uleb(&at, end: unit.end)
            if code == 0 { continue }
            let plan = abbreviations.plan(code)
            guard plan.role != .missing else { throw Fault(.abbreviationCode(code), at: entry) }
            guard plan.flags.contains(.hasForeignReference) else {
                _ = try abbreviations.skip(plan, info, &at, unit)
                continue
            }
            try decode(code, &at)
            for target in try foreignTargets(signatures, at: entry) where !last.contains(target) {
                guard let found = groups.unit(at: target) else {
                    throw Fault(.badReference(UInt64(target)), at: entry)
                }
                if found == number { continue }
                links.insert(Link(unit: found, isImport: plan.role == .importedUnit))
                if plan.role != .importedUnit { last = groups.units[found].start..<groups.units[found].end }
            }
        }
        return links
    }

    /// The positions outside of its unit that the entry that was just decoded refers to.
    private func foreignTargets(_ signatures: [UInt64: Int], at entry: Int) throws(Fault) -> [Int] {
        var targets: [Int] = []
        if let target = values[.typeAnywhere] { targets.append(Int(clamping: target)) }
        if let target = values[.originAnywhere] { targets.append(Int(clamping: target)) }
        for target in [values[.typeElsewhere], values[.originElsewhere]] {
            guard let target else { continue }
            targets.append(Int(try supplementaryPosition(target, at: entry)))
        }
        for signature in [values[.typeBySignature], values[.signature]] {
            guard let signature else { continue }
            guard let target = signatures[signature] else { throw Fault(.noTypeUnit(signature), at: entry) }
            targets.append(target)
        }
        return targets
    }
}
