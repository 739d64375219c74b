import BTF

extension BTF {
    /// The same types in another order and the same strings at other offsets, with strings between that nothing uses.
    func shuffled(seed: UInt64) throws -> BTF {
        var generator = SeededGenerator(seed: seed)
        let order = ids.shuffled(using: &generator)
        var newIDs: [TypeID: TypeID] = [:]
        for (index, id) in order.enumerated() { newIDs[id] = TypeID(firstID.rawValue + UInt32(index)) }
        var builder = BTFBuilder(byteOrder: byteOrder, base: base)
        var names: Set<StringOffset> = []
        for id in ids {
            _ = self[id].mapping(
                type: { $0 },
                name: {
                    names.insert($0); return $0
                }
            )
        }
        for name in names.sorted(by: { $0.rawValue < $1.rawValue }).shuffled(using: &generator) {
            _ = builder.intern("unused \(generator.next())")
            _ = builder.intern(bytes: bytes(at: name))
        }
        for id in order {
            builder.add(self[id].mapping(type: { newIDs[$0] ?? $0 }, name: { builder.intern(bytes: bytes(at: $0)) }))
        }
        return try builder.build()
    }

    /// All types several times over, each copy referring to itself.
    func repeated(_ count: Int) throws -> BTF {
        var builder = BTFBuilder(byteOrder: byteOrder, base: base)
        for copy in 0..<count {
            let shift = UInt32(copy * typeCount)
            for id in ids {
                let type = self[id].mapping(
                    type: { $0 < firstID ? $0 : TypeID($0.rawValue + shift) },
                    name: { builder.intern(bytes: bytes(at: $0)) }
                )
                builder.add(type)
            }
        }
        return try builder.build()
    }
}
