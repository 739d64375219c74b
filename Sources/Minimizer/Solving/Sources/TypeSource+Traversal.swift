import BTF

extension TypeSource {
    /// What a type's record describes.
    func kind(of id: TypeID) -> Kind { header(of: id).kind }

    /// A string, cut off at a limit, bytes that are not UTF-8 replaced.
    func string(at offset: StringOffset, limit: Int) -> String {
        String(decoding: bytes(at: offset, limit: limit), as: UTF8.self)
    }

    /// How many qualifiers and typedefs may follow one another; real kernels have no more than a handful.
    private static var longestChain: Int { 256 }

    /// The type behind qualifiers, type tags and typedefs.
    ///
    /// Source: libbpf's `skip_mods_and_typedefs`, which does not end where a typedef leads to itself.
    func unqualified(_ id: TypeID) throws(Refusal) -> (id: TypeID, header: TypeHeader) {
        var id = id
        for _ in 0..<Self.longestChain {
            let header = header(of: id)
            guard header.kind.isModifier || header.kind == .typedef else { return (id, header) }
            id = header.type
        }
        throw Refusal("\(describe(id)) has more than \(Self.longestChain) qualifiers and typedefs")
    }

    /// The size of a type in bytes.
    ///
    /// Source: libbpf's `btf__resolve_size`, with its limits: 32 steps, and sizes below 4 GiB.
    ///
    /// - Parameters:
    ///   - id: the type.
    ///   - pointerSize: the size of a pointer in bytes.
    /// - Returns: the size in bytes.
    /// - Throws: `Refusal` when the type has no size, or none that libbpf can tell.
    func size(of id: TypeID, pointerSize: UInt32) throws(Refusal) -> UInt32 {
        var current = id
        var count: UInt64 = 1
        for _ in 0..<32 {
            let header = header(of: current)
            switch header.kind {
            case .int, .structure, .union, .enumeration, .enumeration64, .dataSection, .float:
                return try product(count, header.sizeOrType, id)
            case .pointer:
                return try product(count, pointerSize, id)
            case .typedef, .volatile, .const, .restrict, .variable, .declarationTag, .typeTag:
                current = header.type
            case .array:
                guard case .array(let array) = self[current] else { break }
                count = UInt64(try product(count, array.count, id))
                current = array.element
            case .void, .forward, .function, .functionPrototype:
                throw Refusal("\(describe(id)) has no size")
            }
        }
        throw Refusal("\(describe(id)) is nested too deep to have a size")
    }

    private func product(_ count: UInt64, _ size: UInt32, _ id: TypeID) throws(Refusal) -> UInt32 {
        // Both factors are below 2³².
        guard let product = UInt32(exactly: count * UInt64(size)) else {
            throw Refusal("\(describe(id)) is larger than 4 GiB")
        }
        return product
    }

    /// The array that a type is, if it is one.
    func array(_ id: TypeID) -> BTFType.Array? {
        guard kind(of: id) == .array, case .array(let array) = self[id] else { return nil }
        return array
    }

    /// The integer that a type is, if it is one.
    func integer(_ id: TypeID) -> BTFType.Integer? {
        guard kind(of: id) == .int, case .int(let integer) = self[id] else { return nil }
        return integer
    }

    /// The prototype that a type is, if it is one.
    func prototype(_ id: TypeID) -> BTFType.FunctionPrototype? {
        guard kind(of: id) == .functionPrototype, case .functionPrototype(let prototype) = self[id] else { return nil }
        return prototype
    }

    /// The enumeration that a type is, if it is one.
    func enumeration(_ id: TypeID) -> BTFType.Enumeration? {
        guard kind(of: id).isEnumeration, case .enumeration(let enumeration) = self[id] else { return nil }
        return enumeration
    }
}
