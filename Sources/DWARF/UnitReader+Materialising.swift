// New types: decoded once more, now in full, into the pool.

extension UnitReader {
    /// The pool's number for what a reference to an entry means.
    mutating func node(_ index: Int, depth: Int) throws(Fault) -> TypePool.NodeID {
        let entry = entries[index]
        switch entry.role {
        case .void: return 0
        case .alias: return try node(referredBy: index, 0, depth: depth)
        default: break
        }
        let existing = known.value(for: directory[index])
        if existing != 0 { return existing }
        return entry.isNominal ? try nominalNode(index) : try materialise(index, depth: depth)
    }

    /// The pool's number for one of an entry's references.
    private mutating func node(referredBy index: Int, _ position: Int, depth: Int) throws(Fault) -> TypePool.NodeID {
        let offset = references[Int(entries[index].firstReference) + position]
        if offset == 0 { return 0 }
        guard depth <= UnitReader.referenceDepthLimit else {
            throw Fault(.referenceChain, at: groupStart + Int(entries[index].offset))
        }
        return try node(try locate(offset, from: index), depth: depth + 1)
    }

    /// The pool's number for the name of a struct, union or enumeration.
    mutating func nominalNode(_ index: Int) throws(Fault) -> TypePool.NodeID {
        let existing = known.value(for: directory[index])
        if existing != 0 { return existing }
        let (code, at) = try start(of: index)
        var position = at
        try decode(code, &position)
        let shape = TypePool.Shape(entries[index].role)
        let variant = index < signatures.count ? signatures[index].high : 0
        let name = try intern(values.name)
        let id = pool.add(TypePool.Node(shape: .nominal, detail: shape.rawValue, name: name, size: variant))
        known.insert(directory[index], id)
        return id
    }

    /// Adds an entry to the pool.
    mutating func materialise(_ index: Int, depth: Int) throws(Fault) -> TypePool.NodeID {
        let entry = entries[index]
        // What it refers to goes first, so that the parts of one record stay together.
        var targets = RawArray<TypePool.NodeID>(capacity: Int(entry.referenceCount))
        for position in 0..<Int(entry.referenceCount) {
            targets.append(try node(referredBy: index, position, depth: depth))
        }
        let nominal = entry.isNominal ? try nominalNode(index) : 0
        let (code, at) = try start(of: index)
        let plan = abbreviations.plan(code)
        guard Int(pool.nodes.count) < Int(UInt32.max) / 2, pool.parts.count < Int(UInt32.max) / 2 else {
            throw Fault(.tooManyTypes, at: at)
        }
        var record = TypePool.Node(shape: TypePool.Shape(entry.role), target: nominal, firstPart: pool.nextPart)
        var position = at
        var texts: [UInt32] = []
        newTags.removeAll(keepingCapacity: true)
        switch entry.role {
        case .array: record.size = try decodeArray(code, &position).count
        case .subroutine, .subprogram: try addParameters(code, position, targets, entry.role)
        default:
            try decode(code, &position)
            record.name = entry.isNominal || entry.role == .typedef || entry.role == .base ? try intern(values.name) : 0
            switch entry.role {
            case .structure, .union:
                record.size = values[.size] ?? 0
                if plan.flags.contains(.hasChildren) { try addMembers(position, targets) }
            case .enumeration:
                record.size = values[.size] ?? 4
                if plan.flags.contains(.hasChildren) { record.detail = try addEnumerators(position) }
                if let underlying = targets.first, underlying != 0 { record.detail = pool.isSigned(underlying) ? 1 : 0 }
            case .base: record.describe(base: values)
            case .typedef where abbreviations.hasAnnotations: try addTags(of: code, at, component: -1)
            case .pointer where abbreviations.hasAnnotations:
                texts = try self.texts(of: .type, in: pointeeAnnotations(of: code, at))
            default: break
            }
        }
        record.partCount = pool.nextPart - record.firstPart
        if record.shape.refersToOne, let target = targets.first { record.target = target }
        // The first annotation is the one next to the type that is pointed to.
        for text in texts {
            record.target = pool.add(TypePool.Node(shape: .typeTag, name: text, target: record.target))
        }
        let id = pool.add(record)
        let key = entry.isNominal ? entry.local : directory[index]
        if !newTags.isEmpty { typeTags[key] = newTags }
        known.insert(key, id)
        return id
    }

    /// An entry's abbreviation, and where its attributes start; its unit is being read from now on.
    mutating func start(of index: Int) throws(Fault) -> (code: UInt64, at: Int) {
        var at = groupStart + Int(entries[index].offset)
        try enter(unitAt: at)
        let code = try sections.info.uleb(&at, end: unit.end)
        return (code, at)
    }

    /// Adds the members of a struct or union.
    private mutating func addMembers(_ start: Int, _ targets: borrowing RawArray<TypePool.NodeID>) throws(Fault) {
        var at = start
        var position = 0
        while true {
            let code = try sections.info.uleb(&at, end: unit.end)
            if code == 0 { return }
            let plan = abbreviations.plan(code)
            let body = at
            guard plan.role == .member else {
                if plan.role == .annotation {
                    for text in try texts(of: .declaration, in: [(code, body)]) {
                        newTags.append(NewTag(component: -1, text: text))
                    }
                }
                try skipEntry(code, &at)
                continue
            }
            if abbreviations.hasAnnotations, !plan.flags.contains(.isPlain) {
                try addTags(of: code, body, component: Int32(clamping: position))
            }
            try decode(code, &at)
            if plan.flags.contains(.hasChildren) {
                at = body
                // What has been decoded stays: skipping looks at nothing but extents.
                try skipEntry(code, &at)
            }
            if values.isStaticMember { continue }
            let type = targets[position]
            position += 1
            let place = try memberPlace(type)
            let bitSize = UInt32(clamping: values[.bitSize] ?? 0)
            pool.append(TypePool.Part(name: try intern(values.name), type: type, value: place, bitSize: bitSize))
        }
    }

    /// Where a member starts, in bits from the start of the struct.
    ///
    /// DWARF 2's DW_AT_bit_offset counts from the most significant bit of the storage unit to that of the bitfield,
    /// which on a little-endian machine is from the far end.
    private mutating func memberPlace(_ type: TypePool.NodeID) throws(Fault) -> UInt64 {
        if let place = values[.dataBitOffset] { return place }
        let start = try memberLocation() &* 8
        guard let bitOffset = values[.bitOffset], let bitSize = values[.bitSize] else { return start }
        if sections.info.isBigEndian { return start &+ bitOffset }
        let storage = (values[.size] ?? pool.byteSize(of: type)) &* 8
        return start &+ storage &- bitOffset &- bitSize
    }

    /// Adds the enumerators of an enumeration.
    ///
    /// - Returns: 1 when one of them is negative, else 0.
    private mutating func addEnumerators(_ start: Int) throws(Fault) -> UInt8 {
        var at = start
        var isSigned: UInt8 = 0
        while true {
            let code = try sections.info.uleb(&at, end: unit.end)
            if code == 0 { return isSigned }
            let plan = abbreviations.plan(code)
            let body = at
            guard plan.role == .enumerator else {
                try skipEntry(code, &at)
                continue
            }
            try decode(code, &at)
            if plan.flags.contains(.hasChildren) {
                at = body
                try skipEntry(code, &at)
            }
            let value = values[.value] ?? 0
            if values.isValueSigned, Int64(bitPattern: value) < 0 { isSigned = 1 }
            pool.append(TypePool.Part(name: try intern(values.name), type: 0, value: value, bitSize: 0))
        }
    }

    /// Adds the parameters of a prototype; those of a function keep their names.
    private mutating func addParameters(
        _ code: UInt64,
        _ start: Int,
        _ targets: borrowing RawArray<TypePool.NodeID>,
        _ role: AbbreviationPlan.Role
    ) throws(Fault) {
        let plan = abbreviations.plan(code)
        var at = start
        _ = try abbreviations.skip(plan, sections.info, &at, unit)
        var position = 1
        while position < targets.count {
            let code = try sections.info.uleb(&at, end: unit.end)
            if code == 0 { return }
            let plan = abbreviations.plan(code)
            let body = at
            switch plan.role {
            case .parameter:
                var name: UInt32 = 0
                if role == .subprogram {
                    try decode(code, &at)
                    let home = unit.start
                    _ = try followOrigins(.parameter)
                    name = try intern(values.name)
                    try enter(unitAt: home)
                    at = body
                }
                pool.append(TypePool.Part(name: name, type: targets[position], value: 0, bitSize: 0))
                position += 1
            case .unspecifiedParameters:
                pool.append(TypePool.Part(name: 0, type: 0, value: 0, bitSize: 0))
                position += 1
            default: break
            }
            try skipEntry(code, &at)
        }
    }
}

extension TypePool.Shape {
    /// The shape that an entry's role stands for.
    init(_ role: AbbreviationPlan.Role) {
        self =
            switch role {
            case .structure: .structure
            case .union: .union
            case .enumeration: .enumeration
            case .array: .array
            case .subroutine, .subprogram: .prototype
            case .const: .const
            case .volatile: .volatile
            case .restrict: .restrict
            case .typedef: .typedef
            case .base: .int
            default: .pointer
            }
    }

    /// Whether a record of this shape keeps the first type that it refers to as its target.
    var refersToOne: Bool {
        switch self {
        case .pointer, .array, .typedef, .const, .volatile, .restrict, .typeTag, .prototype: true
        case .int, .float, .structure, .union, .enumeration, .nominal: false
        }
    }
}

extension TypePool.Node {
    /// An integer's `detail`: signed, character, boolean, as BTF's bits.
    fileprivate mutating func describe(base values: EntryValues) {
        size = values[.size] ?? ((values[.bitSize] ?? 0) + 7) / 8
        switch values[.encoding] ?? 0 {
        case Encoding.float, Encoding.complexFloat, Encoding.imaginaryFloat, Encoding.decimalFloat: shape = .float
        case Encoding.boolean: detail = 4
        case Encoding.signed, Encoding.signedChar: detail = 1
        default: detail = 0
        }
    }
}

extension TypePool {
    /// Whether a type is a signed integer, behind its qualifiers and typedefs.
    func isSigned(_ id: NodeID) -> Bool {
        let node = nodes[Int(bare(id))]
        return node.shape == .int && node.detail & 1 != 0
    }

    /// A type's size in bytes, behind its qualifiers and typedefs; 0 where it has none.
    mutating func byteSize(of id: NodeID) -> UInt64 {
        let node = nodes[Int(bare(id))]
        switch node.shape {
        case .int, .float, .enumeration, .structure, .union: return node.size
        default: return 0
        }
    }

    /// A type without its qualifiers and typedefs.
    private func bare(_ id: NodeID) -> NodeID {
        var id = id
        // Targets always have lower numbers, so this ends.
        while true {
            switch nodes[Int(id)].shape {
            case .typedef, .const, .volatile, .restrict, .typeTag: id = nodes[Int(id)].target
            default: return id
            }
        }
    }
}
