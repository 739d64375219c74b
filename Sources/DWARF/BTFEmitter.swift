import BTF

/// Writes a pool's types, and the functions and variables that were found, as BTF.
struct BTFEmitter {
    private var builder: BTFBuilder
    private let features: DWARFConverter.Features
    private let base: PreparedBase?
    /// For each record of the pool, the id of its type.
    private var ids: [UInt32] = []
    /// For each name of the pool, its offset; one that no type of its own has is not looked up.
    private var names: [UInt32?] = []

    init(byteOrder: ByteOrder, features: DWARFConverter.Features, base: PreparedBase?) {
        builder = BTFBuilder(byteOrder: byteOrder, base: base?.btf)
        self.features = features
        self.base = base
    }

    /// Writes everything.
    ///
    /// - Parameters:
    ///   - pool: the types.
    ///   - bindings: for each record, the record to write in its place: itself, the definition that a nominal record
    ///     stands for, or 0 for a record that is not written.
    ///   - matching: which records the base has; nil where there is no base.
    ///   - functions: the functions to write.
    ///   - variables: the per-CPU variables to write, by address.
    ///   - tags: the declaration tags to write, where what they are on is written.
    ///   - kernelFunctions: the functions to tag as such.
    /// - Returns: the BTF, its types in the pool's order.
    /// - Throws: `BTFError` when the types cannot be written.
    mutating func emit(
        _ pool: TypePool,
        _ bindings: [TypePool.NodeID],
        _ matching: BaseMatching?,
        _ functions: [FoundFunction],
        _ variables: [PlacedVariable],
        _ tags: Set<FoundTag>,
        _ kernelFunctions: KernelFunctionSets
    ) throws(BTFError) -> BTF {
        names = [UInt32?](repeating: nil, count: pool.names.count)
        let indexType = assignIDs(pool, bindings, matching)
        for node in 1..<max(pool.nodes.count, 1) where isWritten(node, pool, bindings) {
            if let matching, matching.matches[node] != 0 { continue }
            let type = type(pool, pool.nodes[node], indexType)
            builder.add(type)
        }
        var owners: [FoundTag.Owner: TypeID] = [:]
        if indexType.rawValue >= builder.nextID.rawValue {
            let name = builder.intern("__ARRAY_SIZE_TYPE__")
            builder.add(.int(.init(name: name, size: 4, encoding: [], bits: 32)))
        }
        for function in functions where matching?.hasFunction(function, in: pool) != true {
            let name = offset(pool, function.name)
            // pahole gives every function static linkage, and consumers expect nothing else.
            let type = builder.add(.function(.init(name: name, prototype: id(function.prototype), linkage: .static)))
            if let flags = kernelFunctions.flags[pool.names.fingerprint(function.name)] { addTags(to: type, flags) }
            if !tags.isEmpty { owners[.function(name: function.name, prototype: function.prototype)] = type }
        }
        addDataSection(pool, variables, &owners)
        if features.contains(.declarationTag) { addTags(pool, tags, bindings, matching, owners) }
        return try builder.build()
    }

    /// Numbers the records that are written.
    ///
    /// - Returns: the id of the type that arrays are indexed by, which is the last one when it has to be made up.
    private mutating func assignIDs(
        _ pool: TypePool,
        _ bindings: [TypePool.NodeID],
        _ matching: BaseMatching?
    ) -> TypeID {
        ids = matching?.matches ?? [UInt32](repeating: 0, count: pool.nodes.count)
        var next = builder.nextID.rawValue
        var int: UInt32 = base?.indexType?.rawValue ?? 0
        for node in 1..<max(pool.nodes.count, 1) where isWritten(node, pool, bindings) {
            let isOwn = ids[node] == 0
            if isOwn { ids[node] = next }
            let record = pool.nodes[node]
            if int == 0, record.shape == .int, record.size == 4, record.detail == 1,
                pool.names.fingerprint(record.name) == Fingerprint(of: "int")
            {
                int = ids[node]
            }
            if isOwn { next += 1 }
        }
        for node in 1..<max(pool.nodes.count, 1) where bindings[node] != UInt32(node) && bindings[node] != 0 {
            ids[node] = ids[Int(bindings[node])]
        }
        if !features.contains(.typeTag) {
            // What is referred to has the lower number, so that one pass is enough.
            for (node, record) in pool.nodes.enumerated() where record.shape == .typeTag && ids[node] == 0 {
                ids[node] = ids[Int(record.target)]
            }
        }
        return TypeID(int == 0 ? next : int)
    }

    private func isWritten(_ node: Int, _ pool: TypePool, _ bindings: [TypePool.NodeID]) -> Bool {
        bindings[node] == UInt32(node) && (pool.nodes[node].shape != .typeTag || features.contains(.typeTag))
    }

    private func id(_ node: TypePool.NodeID) -> TypeID { TypeID(ids[Int(node)]) }

    /// The offset of a name, which is added when it is new.
    private mutating func offset(_ pool: TypePool, _ name: UInt32) -> StringOffset {
        if let known = names[Int(name)] { return StringOffset(rawValue: known) }
        let offset = builder.intern(bytes: pool.names.bytes(of: name))
        names[Int(name)] = offset.rawValue
        return offset
    }

    /// A record as a type.
    private mutating func type(_ pool: TypePool, _ node: TypePool.Node, _ indexType: TypeID) -> BTFType {
        let name = offset(pool, node.name)
        switch node.shape {
        case .int: return integer(name, node)
        case .float:
            guard features.contains(.float), [2, 4, 8, 12, 16].contains(node.size) else { return integer(name, node) }
            return .float(name: name, size: UInt32(node.size))
        case .pointer: return .pointer(id(node.target))
        case .array:
            return .array(.init(element: id(node.target), index: indexType, count: UInt32(clamping: node.size)))
        case .structure, .union: return composite(pool, node, name)
        case .enumeration: return enumeration(pool, node, name)
        case .typedef: return .typedef(name: name, id(node.target))
        case .const: return .const(id(node.target))
        case .volatile: return .volatile(id(node.target))
        case .restrict: return .restrict(id(node.target))
        case .typeTag: return .typeTag(name: name, id(node.target), isAttribute: false)
        case .prototype:
            var parameters: [BTFType.Parameter] = []
            parameters.reserveCapacity(Int(node.partCount))
            for index in 0..<Int(node.partCount) {
                let part = pool.parts[Int(node.firstPart) + index]
                parameters.append(.init(name: offset(pool, part.name), type: id(part.type)))
            }
            return .functionPrototype(.init(result: id(node.target), parameters: parameters))
        case .nominal:
            // A name that no unit defines.
            if node.detail == TypePool.Shape.enumeration.rawValue {
                return .enumeration(.init(name: name, size: 4, isSigned: false, is64Bit: false, enumerators: []))
            }
            return .forward(name: name, isUnion: node.detail == TypePool.Shape.union.rawValue)
        }
    }

    private mutating func integer(_ name: StringOffset, _ node: TypePool.Node) -> BTFType {
        let encoding = BTFType.Integer.Encoding(rawValue: node.shape == .float ? 0 : node.detail)
        guard [1, 2, 4, 8, 16].contains(node.size) else {
            // BTF has no such integer; this is what pahole writes for it.
            return .int(.init(name: builder.intern("__SANITIZED_FAKE_INT__"), size: 4, encoding: encoding, bits: 32))
        }
        return .int(.init(name: name, size: UInt32(node.size), encoding: encoding, bits: UInt8(node.size * 8)))
    }

    private mutating func composite(_ pool: TypePool, _ node: TypePool.Node, _ name: StringOffset) -> BTFType {
        var members: [BTFType.Member] = []
        members.reserveCapacity(Int(node.partCount))
        for index in 0..<Int(node.partCount) {
            let part = pool.parts[Int(node.firstPart) + index]
            members.append(
                .init(
                    name: offset(pool, part.name),
                    type: id(part.type),
                    bitOffset: UInt32(clamping: part.value),
                    bitfieldSize: UInt8(clamping: part.bitSize)
                )
            )
        }
        let size = UInt32(clamping: node.size)
        return .composite(.init(isUnion: node.shape == .union, name: name, size: size, members: members))
    }

    private mutating func enumeration(_ pool: TypePool, _ node: TypePool.Node, _ name: StringOffset) -> BTFType {
        var enumerators: [BTFType.Enumerator] = []
        enumerators.reserveCapacity(Int(node.partCount))
        for index in 0..<Int(node.partCount) {
            let part = pool.parts[Int(node.firstPart) + index]
            let value = Int64(bitPattern: part.value)
            enumerators.append(.init(name: offset(pool, part.name), value: value))
        }
        return .enumeration(
            .init(
                name: name,
                size: UInt32(clamping: node.size),
                isSigned: node.detail == 1 && features.contains(.enumeration64),
                is64Bit: node.size > 4 && features.contains(.enumeration64),
                enumerators: enumerators
            )
        )
    }

    /// Adds the per-CPU variables and the section that holds them.
    private mutating func addDataSection(
        _ pool: TypePool,
        _ variables: [PlacedVariable],
        _ owners: inout [FoundTag.Owner: TypeID]
    ) {
        guard let last = variables.last else { return }
        var entries: [BTFType.SectionEntry] = []
        for variable in variables {
            let type = builder.add(
                .variable(
                    .init(
                        name: offset(pool, variable.found.name),
                        type: id(variable.found.type),
                        linkage: variable.found.isExternal ? .global : .static
                    )
                )
            )
            owners[.variable(address: variable.found.address)] = type
            let offset = UInt32(clamping: variable.found.address)
            entries.append(.init(variable: type, offset: offset, size: variable.size))
        }
        let size = UInt32(clamping: last.found.address + UInt64(last.size))
        let name = builder.intern(SymbolIndex.perCPUSection)
        builder.add(.dataSection(.init(name: name, size: size, entries: entries)))
    }

    /// Tags a function that the kernel offers to BPF programs.
    private mutating func addTags(to function: TypeID, _ flags: UInt32) {
        guard features.isSuperset(of: [.declarationTag, .kernelFunctionTag]) else { return }
        var texts = [KernelFunctionSets.tag]
        if flags & KernelFunctionSets.fastCallFlag != 0 { texts.append(KernelFunctionSets.fastCallTag) }
        for text in texts {
            builder.add(.declarationTag(.init(name: builder.intern(text), target: function, component: -1)))
        }
    }

    /// Adds the declaration tags of what is written.
    private mutating func addTags(
        _ pool: TypePool,
        _ tags: Set<FoundTag>,
        _ bindings: [TypePool.NodeID],
        _ matching: BaseMatching?,
        _ owners: [FoundTag.Owner: TypeID]
    ) {
        for tag in tags {
            var target = owners[tag.owner]
            if case .type(let node) = tag.owner, bindings[Int(node)] == node {
                // What the base has, it has with its tags.
                if let matching, matching.matches[Int(node)] != 0 { continue }
                target = id(node)
            }
            guard let target else { continue }
            let name = offset(pool, tag.text)
            builder.add(.declarationTag(.init(name: name, target: target, component: tag.component)))
        }
    }
}
