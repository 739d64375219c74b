// Structs, unions and enumerations: an entry with one child per member or enumerator.

extension UnitReader {
    /// Reads a struct or union and its members; types nested in it are left for later.
    mutating func readComposite(
        _ code: UInt64,
        entry: Int,
        _ at: inout Int,
        depth: Int
    ) throws(Fault) {
        let plan = abbreviations.plan(code)
        let header = try readHeader(code, &at)
        if header.isElsewhere { return try readSkeleton(header, plan, entry: entry, &at) }
        var hash = Fingerprint(seed: UInt64(plan.role.rawValue))
        begin(plan.role, at: entry, hash)
        let index = entries.count &- 1
        describe(index, header)
        guard plan.flags.contains(.hasChildren) else {
            hash.mix(header.nameKey, header.size)
            entries[index].local = hash
            return
        }
        hash.mix(header.nameKey, header.size)

        let info = sections.info
        let end = unit.end
        var next = at
        while true {
            let child = next
            let code = try info.uleb(&next, end: end)
            if code == 0 { break }
            switch abbreviations.role(code) {
            case .missing: throw Fault(.abbreviationCode(code), at: child)
            case .member:
                let plan = abbreviations.plan(code)
                guard plan.flags.contains(.isPlain) else {
                    at = next
                    try readMember(code, &at, &hash)
                    next = at
                    continue
                }
                let key = try simpleNameKey(plan, info, &next, end: end)
                let body = next
                next &+= Int(plan.fixedSize)
                guard next <= end else { throw Fault(.truncated, at: body) }
                let place = UInt64(info.field(plan.place, body)) &<< (plan.flags.contains(.placeInBits) ? 0 : 3)
                hash.mix(key, place ^ UInt64(info.field(plan.bitSize, body)) &<< 56)
                references.append(info.field(plan.type, body))
            case .structure, .union, .enumeration, .array, .subroutine, .pointer, .const, .volatile, .restrict,
                .typedef, .alias, .base, .void:
                pending.append((child, depth + 1))
                at = next
                try skipEntry(code, &at)
                next = at
            case .annotation:
                try mixAnnotation((code, next), &hash)
                at = next
                try skipEntry(code, &at)
                next = at
            default:
                at = next
                try skipEntry(code, &at)
                next = at
            }
        }
        at = next
        entries[index].referenceCount = UInt32(references.count) &- entries[index].firstReference
        entries[index].local = hash
    }

    /// Takes in a member that the fast way cannot read.
    private mutating func readMember(
        _ code: UInt64,
        _ at: inout Int,
        _ hash: inout Fingerprint
    ) throws(Fault) {
        let plan = abbreviations.plan(code)
        let start = at
        if abbreviations.hasAnnotations { try mixAnnotations(try annotations(of: code, start), &hash) }
        try decode(code, &at)
        if plan.flags.contains(.hasChildren) {
            at = start
            try skipEntry(code, &at)
        }
        guard !values.isStaticMember else { return }
        let key = try nameKey(values.name, at: start)
        // An old-style bit offset needs the storage unit's size; what it comes to is worked out for new types only.
        if let bitOffset = values[.bitOffset] {
            hash.mix(key, try memberLocation() &<< 3 ^ (values[.bitSize] ?? 0) &<< 56)
            hash.mix(bitOffset, values[.size] ?? 0)
        } else if let place = values[.dataBitOffset] {
            hash.mix(key, place ^ (values[.bitSize] ?? 0) &<< 56)
        } else {
            hash.mix(key, try memberLocation() &<< 3 ^ (values[.bitSize] ?? 0) &<< 56)
        }
        references.append(try localReference(values.type, at: start))
    }

    /// A member's offset in bytes: a constant, or an expression that adds one (DWARF 2, section 5.6.6).
    mutating func memberLocation() throws(Fault) -> UInt64 {
        if let location = values[.memberLocation] { return location }
        var block = values.memberLocationBlock
        guard let operation = block.popFirst() else { return 0 }
        var at = operation + 1
        switch sections.info.byte(operation) {
        case 0x23, 0x10: return try sections.info.uleb(&at, end: values.memberLocationBlock.upperBound)
        default: return 0
        }
    }

    /// Reads an enumeration and its enumerators.
    mutating func readEnumeration(_ code: UInt64, entry: Int, _ at: inout Int) throws(Fault) {
        let plan = abbreviations.plan(code)
        let header = try readHeader(code, &at)
        if header.isElsewhere { return try readSkeleton(header, plan, entry: entry, &at) }
        var hash = Fingerprint(seed: UInt64(plan.role.rawValue))
        hash.mix(header.nameKey, header.size)
        begin(plan.role, at: entry, hash)
        let index = entries.count &- 1
        describe(index, header)
        if header.size > 4 {
            // Whether a value of 64 bits has a sign is for the underlying type to say.
            references.append(header.type)
            entries[index].referenceCount = 1
        }
        guard plan.flags.contains(.hasChildren) else { return }

        let info = sections.info
        let end = unit.end
        while true {
            let child = at
            let code = try info.uleb(&at, end: end)
            if code == 0 { break }
            let plan = abbreviations.plan(code)
            switch plan.role {
            case .missing: throw Fault(.abbreviationCode(code), at: child)
            case .enumerator where plan.flags.contains(.isPlain):
                let key = try simpleNameKey(plan, info, &at, end: end)
                let body = at
                at &+= Int(plan.fixedSize)
                guard at <= end else { throw Fault(.truncated, at: body) }
                hash.mix(key, UInt64(info.field(plan.value, body)))
            case .enumerator:
                let start = at
                try decode(code, &at)
                if plan.flags.contains(.hasChildren) {
                    at = start
                    try skipEntry(code, &at)
                }
                hash.mix(try nameKey(values.name, at: start), values[.value] ?? 0)
                if values.isValueSigned { hash.mix(1, 1) }
            default: try skipEntry(code, &at)
            }
        }
        entries[index].local = hash
    }

    /// What the entry itself of a struct, union or enumeration says.
    private struct Header {
        var nameKey: UInt64 = 0
        var size: UInt64 = 0
        /// An enumeration's underlying type; the type itself when it is in a type unit.
        var type: UInt32 = 0
        var isDeclaration = false
        /// Whether the type is in a type unit.
        var isElsewhere = false
    }

    /// Reads the entry itself, and moves behind its attributes.
    private mutating func readHeader(_ code: UInt64, _ at: inout Int) throws(Fault) -> Header {
        let plan = abbreviations.plan(code)
        var header = Header()
        let start = at
        if plan.flags.contains(.isSimple) {
            header.nameKey = try simpleNameKey(plan, sections.info, &at, end: unit.end)
            header.size = UInt64(sections.info.field(plan.value, at))
            header.type = sections.info.field(plan.type, at)
            header.isDeclaration = plan.flags.contains(.declaration)
            at &+= Int(plan.fixedSize)
            guard at <= unit.end else { throw Fault(.truncated, at: start) }
        } else {
            try decode(code, &at)
            header.nameKey = try nameKey(values.name, at: start)
            header.size = values[.size] ?? 0
            header.type = try localReference(values.type, at: start)
            header.isDeclaration = values.isDeclaration || plan.flags.contains(.declaration)
            if let signature = values[.signature] {
                header.isElsewhere = true
                header.type = try self.offset(ofSignature: signature, at: start)
            }
        }
        return header
    }

    /// Takes in a declaration whose type is in a type unit: it is that type.
    private mutating func readSkeleton(
        _ header: Header,
        _ plan: AbbreviationPlan,
        entry: Int,
        _ at: inout Int
    ) throws(Fault) {
        begin(.alias, at: entry, Fingerprint(seed: UInt64(AbbreviationPlan.Role.alias.rawValue)))
        references.append(header.type)
        entries[entries.count &- 1].referenceCount = 1
        guard plan.flags.contains(.hasChildren) else { return }
        at = entry
        try skipEntry(try sections.info.uleb(&at, end: unit.end), &at)
    }

    /// Notes how others refer to a struct, union or enumeration: by name where it has one.
    private mutating func describe(_ index: Int, _ header: Header) {
        entries[index].isDeclaration = header.isDeclaration
        guard header.nameKey != 0 else { return }
        entries[index].isNominal = true
        var nominal = Fingerprint(seed: 0x6e6f_6d00 | UInt64(entries[index].role.rawValue))
        nominal.mix(header.nameKey, 0)
        directory[index] = nominal
    }
}

extension EntryValues {
    /// Whether this is C++'s static member, which takes no room in the object.
    @inline(__always)
    var isStaticMember: Bool { isExternal || isDeclaration }
}
