/// Writes declarations and definitions of a BTF's types in C.
struct CText {
    private let btf: BTF
    private let layouts: CLayouts
    private var names: CNames
    /// How many more members, enumerators and links of a chain may be written.
    private var budget: Int
    private var depth = 0

    /// How deep anonymous structs and prototypes may contain each other, and how long a chain of pointers may be.
    static let maximumDepth = 64

    /// Prepares for writing a BTF's types.
    init(of btf: BTF) {
        self.btf = btf
        layouts = CLayouts(of: btf)
        names = CNames(of: btf)
        // Anonymous structs are written out wherever they are used; what compilers make stays far below this.
        budget = 1 << 20 + 16 * (btf.typesLength + (btf.base?.typesLength ?? 0))
    }

    /// A struct, union, enumeration or forward declaration with its keyword.
    mutating func forwardDeclaration(of id: TypeID) -> String { names.tagged(id) }

    /// The definition of a struct, union, enumeration or typedef, without its semicolon.
    ///
    /// - Parameter id: the type.
    /// - Returns: the definition, or nil when the compiler has it built in.
    /// - Throws: `BTFError` when the text would be too deep or too long.
    mutating func definition(of id: TypeID) throws(BTFError) -> String? {
        let header = btf.header(of: id)
        switch header.kind {
        case .structure, .union: return try composite(id, header, level: 0)
        case .enumeration, .enumeration64: return try enumeration(id, header, level: 0)
        case .typedef:
            if btf.string(at: header.name) == "__builtin_va_list" { return nil }
            let name = names.typedef(id)
            // gcc's typedef of its own va_list refers to void in some BTF.
            if name == "__gnuc_va_list", header.type == .void { return "typedef __builtin_va_list __gnuc_va_list" }
            return "typedef " + (try declaration(of: header.type, name, level: 0))
        default: return nil
        }
    }

    /// A declaration of something of a type.
    private mutating func declaration(of type: TypeID, _ name: String, level: Int) throws(BTFError) -> String {
        try enter(type)
        defer { depth -= 1 }
        var declarator = CDeclarator(name)
        var qualifiers: [String] = []
        var attributes: [String] = []
        var id = type
        var links = 0
        while true {
            try spend(1, on: id)
            links += 1
            guard links <= Self.maximumDepth else { throw Self.tooDeep(id) }
            let header = btf.header(of: id)
            switch header.kind {
            case .const, .volatile, .restrict:
                let word = header.kind.standardName.lowercased()
                if !qualifiers.contains(word) { qualifiers.insert(word, at: 0) }
                id = header.type
            case .typeTag:
                let tag = Self.quotable(btf.string(at: header.name))
                attributes.append("__attribute__((\(header.kindFlag ? tag : "btf_type_tag(\"\(tag)\")")))")
                id = header.type
            case .pointer:
                declarator.addPointer(qualifiers + attributes)
                (qualifiers, attributes) = ([], [])
                id = header.type
            case .array:
                let array = btf.arrayParts(of: id)
                declarator.addArray(array?.count ?? 0)
                id = array?.element ?? .void
            case .functionPrototype:
                declarator.addFunction(try parameters(of: id, level: level))
                // gcc qualifies the prototype of a function that does not return.
                (qualifiers, attributes) = ([], [])
                id = header.type
            default:
                let words = qualifiers + [try base(id, header, level: level)] + attributes
                return declarator.declaring(words.joined(separator: " "))
            }
        }
    }

    private mutating func parameters(of id: TypeID, level: Int) throws(BTFError) -> String {
        guard case .functionPrototype(let prototype) = btf[id] else { return "()" }
        let parameters = prototype.parameters
        // clang gives a prototype of no parameters one of type void.
        if parameters.isEmpty || parameters.count == 1 && parameters[0].type == .void { return "(void)" }
        var texts: [String] = []
        for (index, parameter) in parameters.enumerated() {
            if index == parameters.count - 1, parameter.type == .void {
                texts.append("...")
            } else {
                texts.append(try declaration(of: parameter.type, "", level: level))
            }
        }
        return "(" + texts.joined(separator: ", ") + ")"
    }

    /// The type at the end of a chain, anonymous ones written out.
    private mutating func base(_ id: TypeID, _ header: TypeHeader, level: Int) throws(BTFError) -> String {
        switch header.kind {
        case .int, .float: return CNames.words(btf.string(at: header.name))
        case .structure, .union:
            return header.name.isEmpty ? try composite(id, header, level: level) : names.tagged(id)
        case .enumeration, .enumeration64:
            return header.name.isEmpty ? try enumeration(id, header, level: level) : names.tagged(id)
        case .forward: return names.tagged(id)
        case .typedef: return names.typedef(id)
        default: return "void"
        }
    }
}

// MARK: - Structs and unions

extension CText {
    private mutating func composite(_ id: TypeID, _ header: TypeHeader, level: Int) throws(BTFError) -> String {
        try enter(id)
        defer { depth -= 1 }
        let isUnion = header.kind == .union
        let indentation = String(repeating: "\t", count: level)
        var text = header.name.isEmpty ? (isUnion ? "union" : "struct") : names.tagged(id)
        text += " {"
        var end: UInt64 = 0
        for member in btf.members(of: id) {
            try spend(1, on: id)
            let bits = btf.bitfield(of: member, statesSizes: header.kindFlag)
            let start = isUnion ? 0 : bits?.offset ?? UInt64(member.bitOffset)
            if !isUnion {
                let natural = bits != nil ? end : next(end, for: member, in: id)
                if natural != start { try appendPadding(from: end, to: start, of: id, level, &text) }
            }
            let name = member.name.isEmpty ? "" : CNames.identifier(btf.string(at: member.name))
            text += "\n\(indentation)\t" + (try declaration(of: member.type, name, level: level + 1))
            if let bits { text += ": \(bits.width)" }
            text += ";"
            end = start + (bits?.width ?? UInt64(layouts.sizes[member.type] ?? 0) * 8)
        }
        let size = UInt64(header.sizeOrType) * 8
        if isUnion {
            try appendUnionPadding(id, header, level, &text)
        } else if CLayouts.rounded(end, to: UInt64(layouts.alignment(of: id)) * 8) != size {
            try appendPadding(from: end, to: size, of: id, level, &text)
        }
        text += text.hasSuffix("{") ? "}" : "\n\(indentation)}"
        switch layouts.attribute(of: id) {
        case .none: break
        case .packed: text += " __attribute__((packed))"
        case .aligned(let alignment): text += " __attribute__((aligned(\(alignment))))"
        }
        return text
    }

    /// Where a compiler puts a member that is no bitfield, in bits.
    private func next(_ end: UInt64, for member: BTFType.Member, in id: TypeID) -> UInt64 {
        let alignment = layouts.attribute(of: id) == .packed ? 1 : layouts.alignment(of: member.type)
        return CLayouts.rounded(end, to: UInt64(alignment) * 8)
    }

    private mutating func appendPadding(
        from start: UInt64,
        to end: UInt64,
        of id: TypeID,
        _ level: Int,
        _ text: inout String
    ) throws(BTFError) {
        let padding = CPadding(
            pointerSize: layouts.sizes.pointerSize,
            isPacked: layouts.attribute(of: id) == .packed
        )
        let lines = padding.declarations(from: start, to: end)
        try spend(lines.count, on: id)
        for line in lines { text += "\n" + String(repeating: "\t", count: level + 1) + line + ";" }
    }

    /// Makes a union as large as it must be when no alignment does.
    private mutating func appendUnionPadding(
        _ id: TypeID,
        _ header: TypeHeader,
        _ level: Int,
        _ text: inout String
    ) throws(BTFError) {
        var largest: UInt64 = 0
        for member in btf.members(of: id) {
            let bits = btf.bitfield(of: member, statesSizes: header.kindFlag)?.width
            largest = max(largest, bits ?? UInt64(layouts.sizes[member.type] ?? 0) * 8)
        }
        let size = UInt64(header.sizeOrType) * 8
        let natural = CLayouts.rounded(largest, to: UInt64(layouts.alignment(of: id)) * 8)
        if natural < size { text += "\n" + String(repeating: "\t", count: level + 1) + "char __size[\(size / 8)];" }
    }
}

// MARK: - Enumerations

extension CText {
    private mutating func enumeration(_ id: TypeID, _ header: TypeHeader, level: Int) throws(BTFError) -> String {
        guard case .enumeration(let enumeration) = btf[id] else { return "" }
        var text = header.name.isEmpty ? "enum" : names.tagged(id)
        if enumeration.enumerators.isEmpty { return header.name.isEmpty ? "int" : text }
        try spend(enumeration.enumerators.count, on: id)
        let indentation = String(repeating: "\t", count: level)
        text += " {"
        for enumerator in enumeration.enumerators {
            text += "\n\(indentation)\t\(names.enumerator(enumerator.name)) = \(Self.literal(enumerator, enumeration)),"
        }
        text += "\n\(indentation)}"
        switch enumeration.size {
        case 1: text += " __attribute__((mode(byte)))"
        case 2: text += " __attribute__((mode(HI)))"
        case 8 where enumeration.enumerators.allSatisfy(enumeration.fitsIn32Bits):
            // No value makes the compiler choose 64 bits by itself.
            text += " __attribute__((mode(DI)))"
        default: break
        }
        return text
    }

    private static func literal(_ enumerator: BTFType.Enumerator, _ enumeration: BTFType.Enumeration) -> String {
        let value = enumeration.printedValue(enumerator)
        guard enumeration.is64Bit else { return value }
        if !enumeration.isSigned { return value + "ULL" }
        // C has no negative literals, and 2⁶³ is too large for a positive one.
        return enumerator.value == .min ? "-\(Int64.max)LL - 1" : value + "LL"
    }

    /// A type tag's text without what would end a C string.
    private static func quotable(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\"" && $0 != "\\" })
    }
}

extension BTFType.Enumeration {
    fileprivate func fitsIn32Bits(_ enumerator: BTFType.Enumerator) -> Bool {
        isSigned
            ? Int32(exactly: enumerator.value) != nil
            : UInt32(exactly: UInt64(bitPattern: enumerator.value)) != nil
    }
}

// MARK: - Bounds

extension CText {
    private mutating func enter(_ id: TypeID) throws(BTFError) {
        depth += 1
        if depth > Self.maximumDepth { throw Self.tooDeep(id) }
    }

    private mutating func spend(_ parts: Int, on id: TypeID) throws(BTFError) {
        budget -= parts
        if budget < 0 {
            throw BTFError(.types, offset: 0, "written as C, type \(id) is far larger than the types that make it up")
        }
    }

    private static func tooDeep(_ id: TypeID) -> BTFError {
        BTFError(.types, offset: 0, "type \(id) lies over \(maximumDepth) levels deep, too deep to write as C")
    }
}
