import BTF
import FuzzSupport

/// Any bytes as BTF, by themselves and as a module's over a small kernel's.
@main enum FuzzBTF {
    static func main() {
        FuzzTarget.run { data, size in
            let bytes = FuzzTarget.bytes(data, size)
            try? FuzzBTF.check(BTF(parsing: bytes))
            if let base = FuzzBTF.base { try? FuzzBTF.check(BTF(parsing: bytes, base: base)) }
            return 0
        }
    }

    private static func check(_ types: BTF) throws {
        let bytes = types.serialized()
        let again = try BTF(parsing: bytes, base: types.base).serialized()
        precondition(again == bytes, "reading and writing change the bytes")
        let isSound = types.verify(limit: 1).isEmpty
        for format in DumpFormat.allCases {
            var text = CountingStream()
            try? types.dump(as: format, to: &text)
            precondition(text.count < 64 << 20, "a dump of \(text.count) bytes")
        }
        let canonical = try types.canonicalized()
        let lowered = try? types.lowered(to: .functionPrototype)
        for written in [canonical, lowered].compactMap(\.self) {
            if isSound { Properties.checkWritten(written) } else { Properties.checkCanonical(written) }
        }
    }

    /// What modules' BTF is read over: an int, a struct that leads to itself, and a pointer.
    private static let base: BTF? = {
        var builder = BTFBuilder(byteOrder: .littleEndian)
        let int = builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        let next = BTFType.Member(name: builder.intern("next"), type: TypeID(3), bitOffset: 0)
        let value = BTFType.Member(name: builder.intern("value"), type: int, bitOffset: 64)
        let name = builder.intern("node")
        builder.add(.composite(.init(isUnion: false, name: name, size: 16, members: [next, value])))
        builder.add(.pointer(TypeID(2)))
        return try? builder.build()
    }()
}

/// Counts what is written to it.
private struct CountingStream: TextOutputStream {
    private(set) var count = 0
    mutating func write(_ string: String) { count += string.utf8.count }
}
