// The types that are one entry, or one with a child per dimension or parameter.

extension UnitReader {
    /// Reads a pointer, a qualifier, a typedef: a type that refers to one other.
    mutating func readReference(_ code: UInt64, entry: Int, _ at: inout Int) throws(Fault) {
        let plan = abbreviations.plan(code)
        let body = at
        var key: UInt64 = 0
        var type: UInt32
        var hash = Fingerprint(seed: UInt64(plan.role.rawValue))
        if plan.flags.contains(.isPlain) {
            key = try simpleNameKey(plan, sections.info, &at, end: unit.end)
            type = sections.info.field(plan.type, at)
            at &+= Int(plan.fixedSize)
            guard at <= unit.end else { throw Fault(.truncated, at: body) }
        } else {
            try decode(code, &at)
            key = try nameKey(values.name, at: body)
            type = try localReference(values.type, at: body)
            at = body
            try skipEntry(code, &at)
        }
        if plan.role == .typedef { hash.mix(key, 0) }
        if abbreviations.hasAnnotations {
            switch plan.role {
            case .typedef where !plan.flags.contains(.isPlain):
                try mixAnnotations(try annotations(of: code, body), &hash)
            case .pointer where !plan.flags.contains(.isPlain) || abbreviations.hasAnnotationChains:
                try mixAnnotations(try pointeeAnnotations(of: code, body), &hash)
            default: break
            }
        }
        begin(plan.role, at: entry, hash)
        references.append(type)
        entries[entries.count &- 1].referenceCount = 1
    }

    /// Reads an array; its dimensions are multiplied, as BTF for a kernel has always had it.
    mutating func readArray(_ code: UInt64, entry: Int, _ at: inout Int) throws(Fault) {
        let plan = abbreviations.plan(code)
        let array = try decodeArray(code, &at)
        var hash = Fingerprint(seed: UInt64(plan.role.rawValue))
        hash.mix(array.count, 0)
        begin(plan.role, at: entry, hash)
        references.append(array.element)
        entries[entries.count &- 1].referenceCount = 1
    }

    /// What an array's entry and its children say.
    mutating func decodeArray(
        _ code: UInt64,
        _ at: inout Int
    ) throws(Fault) -> (element: UInt32, count: UInt64) {
        let plan = abbreviations.plan(code)
        let start = at
        try decode(code, &at)
        let element = try localReference(values.type, at: start)
        var count: UInt64 = 1
        if plan.flags.contains(.hasChildren) {
            while true {
                let child = at
                let code = try sections.info.uleb(&at, end: unit.end)
                if code == 0 { break }
                let plan = abbreviations.plan(code)
                guard plan.role != .missing else { throw Fault(.abbreviationCode(code), at: child) }
                let body = at
                try decode(code, &at)
                if plan.flags.contains(.hasChildren) {
                    at = body
                    try skipEntry(code, &at)
                }
                // A variable length counts as none, and so does a dimension of an enumeration's size.
                if plan.role == .subrange { count = count &* values.elementCount }
            }
        }
        return (element, count & 0xffff_ffff)
    }

    /// Reads a function type: a prototype without names.
    mutating func readSubroutine(_ code: UInt64, entry: Int, _ at: inout Int) throws(Fault) {
        let plan = abbreviations.plan(code)
        let body = at
        var result: UInt32
        if plan.flags.contains(.isSimple), !plan.flags.contains(.leadingName) {
            result = sections.info.field(plan.type, at)
            at &+= Int(plan.fixedSize)
            guard at <= unit.end else { throw Fault(.truncated, at: body) }
        } else {
            try decode(code, &at)
            result = try localReference(values.type, at: body)
        }
        begin(plan.role, at: entry, Fingerprint(seed: UInt64(AbbreviationPlan.Role.subroutine.rawValue)))
        let index = entries.count &- 1
        references.append(result)
        if plan.flags.contains(.hasChildren) {
            while true {
                let child = at
                let code = try sections.info.uleb(&at, end: unit.end)
                if code == 0 { break }
                switch abbreviations.role(code) {
                case .missing: throw Fault(.abbreviationCode(code), at: child)
                case .parameter:
                    references.append(try readParameter(code, &at))
                case .unspecifiedParameters:
                    try skipEntry(code, &at)
                    references.append(0)
                default: try skipEntry(code, &at)
                }
            }
        }
        entries[index].referenceCount = UInt32(references.count) &- entries[index].firstReference
    }

    /// Reads a parameter of a function type and moves behind it.
    ///
    /// - Parameters:
    ///   - code: the parameter's abbreviation.
    ///   - at: where its attributes start.
    /// - Returns: its type.
    /// - Throws: `Fault` where the entry is damaged.
    private mutating func readParameter(_ code: UInt64, _ at: inout Int) throws(Fault) -> UInt32 {
        let plan = abbreviations.plan(code)
        let body = at
        if plan.flags.contains(.isPlain) {
            _ = try simpleNameKey(plan, sections.info, &at, end: unit.end)
            let type = sections.info.field(plan.type, at)
            at &+= Int(plan.fixedSize)
            guard at <= unit.end else { throw Fault(.truncated, at: body) }
            return type
        }
        try decode(code, &at)
        if plan.flags.contains(.hasChildren) {
            at = body
            try skipEntry(code, &at)
        }
        return try localReference(values.type, at: body)
    }

    /// Reads a base type: an integer, a character, a boolean, a floating point number.
    mutating func readBase(_ code: UInt64, entry: Int, _ at: inout Int) throws(Fault) {
        let plan = abbreviations.plan(code)
        let body = at
        try decode(code, &at)
        if plan.flags.contains(.hasChildren) {
            at = body
            try skipEntry(code, &at)
        }
        var hash = Fingerprint(seed: UInt64(plan.role.rawValue))
        hash.mix(try nameKey(values.name, at: body), values[.encoding] ?? 0)
        hash.mix(values[.size] ?? 0, values[.bitSize] ?? 0)
        begin(plan.role, at: entry, hash)
    }

    /// A reference as an offset from the unit's start, to be rebased with the others; 0 is void.
    mutating func localReference(_ reference: EntryValues.Reference, at offset: Int) throws(Fault) -> UInt32 {
        switch reference {
        case .none: return 0
        case .unit(let target): return UInt32(truncatingIfNeeded: min(target, 0xffff_ffff))
        case .section(let target): return try self.offset(ofForeign: target, at: offset)
        case .signature(let signature): return try self.offset(ofSignature: signature, at: offset)
        case .elsewhere(let target):
            return try self.offset(ofForeign: try supplementaryPosition(target, at: offset), at: offset)
        }
    }
}

extension EntryValues {
    /// How many elements a dimension has: 0 where it is not known.
    @inline(__always)
    var elementCount: UInt64 {
        if let upperBound = self[.upperBound] { return upperBound &+ 1 }
        return self[.count] ?? 0
    }
}
