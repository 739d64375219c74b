// The parameters of functions, and what stands in for an entry without a name.

extension UnitReader {
    /// What a function's parameter says.
    struct FunctionParameter {
        /// 0 where it has none.
        var nameKey: UInt64
        var type: UInt32
        /// Whether it is taken in another register than the calling convention's.
        var isMisplaced = false
    }

    /// Reads a function's parameter and moves behind it.
    ///
    /// - Parameters:
    ///   - code: the parameter's abbreviation.
    ///   - index: how many parameters stand before it.
    ///   - at: where its attributes start.
    /// - Returns: what it says, or what the parameter that it is an instance of says.
    /// - Throws: `Fault` where an entry is damaged.
    mutating func readFunctionParameter(
        _ code: UInt64,
        _ index: Int,
        _ at: inout Int
    ) throws(Fault) -> FunctionParameter {
        let plan = abbreviations.plan(code)
        let body = at
        let expected = sections.registers.operation(ofParameter: index)
        if plan.flags.contains(.isPlain) {
            let key = try simpleNameKey(plan, sections.info, &at, end: unit.end)
            var parameter = FunctionParameter(nameKey: key, type: sections.info.field(plan.type, at))
            if expected != 0, plan.place.width > 0 {
                var search = RegisterSearch(for: expected)
                take(listAt: UInt64(sections.info.field(plan.place, at)), into: &search)
                parameter.isMisplaced = search.isMisplaced
            }
            at &+= Int(plan.fixedSize)
            guard at <= unit.end else { throw Fault(.truncated, at: body) }
            return parameter
        }
        try decode(code, &at)
        if plan.flags.contains(.hasChildren) {
            at = body
            try skipEntry(code, &at)
        }
        let isMisplaced = expected != 0 && isParameterMisplaced(expected)
        let home = unit.start
        var key = try nameKey(values.name, at: body)
        if key == 0, try followOrigins(.parameter) != nil { key = try nameKey(values.name, at: body) }
        let type = try offset(of: values.type, at: body, from: home)
        try enter(unitAt: home)
        return FunctionParameter(nameKey: key, type: type, isMisplaced: isMisplaced)
    }

    /// Whether the parameter that was just decoded is taken in another register than the expected one.
    private func isParameterMisplaced(_ expected: UInt64) -> Bool {
        var search = RegisterSearch(for: expected)
        if !values.location.isEmpty {
            search.take(sections.info, values.location, isFirst: true)
        } else if let offset = values[.locationList] {
            take(listAt: offset, into: &search)
        } else if let index = values[.locationListByIndex], index < UInt64(sections.locationLists.count) {
            let place = locationListsBase &+ Int(index) &* Int(unit.offsetSize)
            guard place >= 0, place <= sections.locationLists.count - Int(unit.offsetSize) else { return false }
            let offset = sections.locationLists.number(place, width: unit.offsetSize)
            take(listAt: offset &+ UInt64(locationListsBase), into: &search)
        }
        return search.isMisplaced
    }

    private func take(listAt offset: UInt64, into search: inout RegisterSearch) {
        guard let offset = Int(exactly: offset) else { return }
        if unit.version >= 5 {
            search.take(list: sections.locationLists, at: offset, addressSize: unit.addressSize)
        } else {
            search.take(oldList: sections.oldLocationLists, at: offset, addressSize: unit.addressSize)
        }
    }

    /// Decodes, in place of the entry that was just decoded and has no name, the one that has it: DW_AT_abstract_origin
    /// leads from an instance to the function that it is of, DW_AT_specification from a definition to its declaration.
    ///
    /// That one may stand in another unit of the group, which is then the one that is being read: dwz moves what several
    /// units have in common, and link-time optimization leaves functions where they were compiled first.
    ///
    /// - Parameter role: what the entry is.
    /// - Returns: the abbreviation of the entry whose values are there now, and where its attributes start; nil where
    ///   nothing is led to.
    /// - Throws: `Fault` where an entry is damaged.
    mutating func followOrigins(_ role: AbbreviationPlan.Role) throws(Fault) -> (code: UInt64, body: Int)? {
        var found: (code: UInt64, body: Int)?
        for _ in 0..<UnitReader.originLimit {
            guard !values.hasName else { return found }
            let origin = try offset(of: values.origin, at: unit.start, from: groupStart)
            guard origin != 0 else { return found }
            let entry = try entry(atGroupOffset: origin)
            guard abbreviations.plan(entry.code).role == role else { return found }
            found = entry
            var at = entry.body
            try decode(entry.code, &at)
        }
        return found
    }

    private static let originLimit = 4
}
