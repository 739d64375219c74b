import BTF
import Testing

@Suite("Verifying")
struct VerifierTests {
    @Test("what compilers and pahole write passes, and so does its canonical form")
    func clean() throws {
        for bytes in [
            try Fixture.clang(Fixture.zoo), try Fixture.clang(Fixture.zoo, target: "bpfeb"),
            try Fixture.pahole(Fixture.zoo + Fixture.layouts),
        ] {
            let btf = try BTF(parsing: bytes)
            #expect(btf.verify() == [])
            #expect(try btf.canonicalized().verify() == [])
        }
    }

    /// Builds a BTF with an int as type 1, a struct of it as type 2, a void prototype as type 3, and more.
    private func verify(_ add: (inout BTFBuilder) -> Void) throws -> [BTF.Finding] {
        var builder = BTFBuilder(byteOrder: .host)
        builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        let member = BTFType.Member(name: builder.intern("a"), type: TypeID(1), bitOffset: 0)
        builder.add(.composite(.init(isUnion: false, name: builder.intern("s"), size: 4, members: [member])))
        builder.add(.functionPrototype(.init(result: .void, parameters: [])))
        add(&builder)
        return try builder.build().verify()
    }

    private func composite(_ members: [BTFType.Member], size: UInt32 = 8, isUnion: Bool = false) -> BTFType {
        .composite(.init(isUnion: isUnion, name: .empty, size: size, members: members))
    }

    private let int = TypeID(1)
    private let structure = TypeID(2)
    private let prototype = TypeID(3)

    @Test("a clean BTF has no findings")
    func none() throws { #expect(try verify { _ in } == []) }

    @Test("sizes and encodings")
    func sizes() throws {
        func rule(_ type: (inout BTFBuilder) -> BTFType) throws -> [BTF.Finding.Rule] {
            try verify { $0.add(type(&$0)) }.map(\.rule)
        }
        #expect(try rule { .int(.init(name: $0.intern("i"), size: 1, encoding: [], bits: 9)) } == [.sizes])
        #expect(try rule { .int(.init(name: $0.intern("i"), size: 0, encoding: [], bits: 0)) } == [.sizes])
        #expect(try rule { .int(.init(name: $0.intern("i"), size: 17, encoding: [], bits: 8)) } == [.sizes])
        let both: BTFType.Integer.Encoding = [.signed, .boolean]
        #expect(try rule { .int(.init(name: $0.intern("i"), size: 1, encoding: both, bits: 8)) } == [.reservedBits])
        #expect(try rule { .float(name: $0.intern("f"), size: 3) } == [.sizes])
        #expect(try rule { _ in .array(.init(element: int, index: int, count: 0x4000_0000)) } == [.sizes])
        #expect(
            try rule { _ in
                .enumeration(.init(name: .empty, size: 3, isSigned: false, is64Bit: false, enumerators: []))
            } == [.sizes]
        )
    }

    @Test("names")
    func names() throws {
        func findings(_ type: (inout BTFBuilder) -> BTFType) throws -> [BTF.Finding.Rule] {
            try verify { $0.add(type(&$0)) }.map(\.rule)
        }
        #expect(try findings { _ in .typedef(name: .empty, int) } == [.names])
        #expect(try findings { .typedef(name: $0.intern("9a"), int) } == [.names])
        #expect(try findings { .forward(name: $0.intern("a b"), isUnion: false) } == [.names])
        #expect(
            try findings { .function(.init(name: $0.intern("f.isra.0"), prototype: prototype, linkage: .global)) } == []
        )
        #expect(
            try findings { _ in .function(.init(name: .empty, prototype: prototype, linkage: .global)) } == [.names]
        )
        #expect(try findings { _ in .typeTag(name: .empty, int, isAttribute: false) } == [.names])
        #expect(try findings { _ in .int(.init(name: .empty, size: 4, encoding: [], bits: 32)) } == [.names])
        #expect(try findings { .dataSection(.init(name: $0.intern("a b"), size: 0, entries: [])) } == [.names])
        #expect(
            try findings { composite([.init(name: $0.intern("a-b"), type: int, bitOffset: 0)]) } == [.names]
        )
    }

    @Test("references")
    func references() throws {
        func rules(_ type: (inout BTFBuilder) -> BTFType) throws -> [BTF.Finding.Rule] {
            try verify {
                $0.add(.function(.init(name: $0.intern("f"), prototype: prototype, linkage: .global)))
                $0.add(type(&$0))
            }.map(\.rule)
        }
        let function = TypeID(4)
        #expect(try rules { _ in .pointer(function) } == [.references])
        #expect(try rules { _ in .const(function) } == [.references])
        #expect(try rules { _ in composite([.init(name: .empty, type: .void, bitOffset: 0)]) } == [.references])
        #expect(try rules { _ in composite([.init(name: .empty, type: prototype, bitOffset: 0)]) } == [.references])
        #expect(try rules { _ in .array(.init(element: .void, index: int, count: 1)) } == [.references])
        #expect(try rules { _ in .array(.init(element: int, index: structure, count: 1)) } == [.references])
        #expect(try rules { .function(.init(name: $0.intern("g"), prototype: int, linkage: .global)) } == [.references])
        #expect(try rules { .variable(.init(name: $0.intern("v"), type: .void, linkage: .global)) } == [.references])
        #expect(
            try rules { .variable(.init(name: $0.intern("v"), type: int, linkage: .init(rawValue: 3))) } == [.linkage]
        )
        #expect(try rules { .declarationTag(.init(name: $0.intern("t"), target: int)) } == [.references])
        #expect(try rules { .declarationTag(.init(name: $0.intern("t"), target: structure, component: 0)) } == [])
        #expect(
            try rules { .declarationTag(.init(name: $0.intern("t"), target: structure, component: 1)) } == [.references]
        )
        let parameters = [BTFType.Parameter(name: .empty, type: .void), .init(name: .empty, type: int)]
        #expect(try rules { _ in .functionPrototype(.init(result: int, parameters: parameters)) } == [.references])
        #expect(try rules { _ in .functionPrototype(.init(result: int, parameters: parameters.reversed())) } == [])
    }

    @Test("members")
    func members() throws {
        func rules(_ members: [BTFType.Member], size: UInt32 = 8, isUnion: Bool = false) throws -> [BTF.Finding.Rule] {
            try verify { $0.add(composite(members, size: size, isUnion: isUnion)) }.map(\.rule)
        }
        func member(_ bit: UInt32, _ width: UInt8 = 0, _ type: UInt32 = 1) -> BTFType.Member {
            .init(name: .empty, type: TypeID(type), bitOffset: bit, bitfieldSize: width)
        }
        #expect(try rules([member(0), member(32)]) == [])
        #expect(try rules([member(40)]) == [.members])
        #expect(try rules([member(0xffff_fff8)]) == [.members])
        #expect(try rules([member(3)]) == [.members])
        #expect(try rules([member(3, 5)]) == [])
        #expect(try rules([member(3, 33)]) == [.members])
        #expect(try rules([member(62, 3)]) == [.members])
        #expect(try rules([member(0, 3, 2)]) == [.references])
        #expect(try rules([member(32), member(0)]) == [.members])
        #expect(try rules([member(32)], isUnion: true) == [.members])
    }

    @Test("sections")
    func sections() throws {
        func rules(_ entries: [(UInt32, UInt32)], size: UInt32 = 16, of type: TypeID = TypeID(4)) throws -> [BTF.Finding
            .Rule]
        {
            try verify {
                $0.add(.variable(.init(name: $0.intern("v"), type: int, linkage: .global)))
                let parts = entries.map { BTFType.SectionEntry(variable: type, offset: $0.0, size: $0.1) }
                $0.add(.dataSection(.init(name: $0.intern(".data"), size: size, entries: parts)))
            }.map(\.rule)
        }
        #expect(try rules([(0, 4), (4, 4), (12, 4)]) == [])
        #expect(try rules([(0, 4), (2, 4)]) == [.sections])
        #expect(try rules([(4, 4), (0, 4)]) == [.sections])
        #expect(try rules([(13, 4)]) == [.sections])
        #expect(try rules([(0xffff_ffff, 0xffff_ffff)]) == [.sections])
        #expect(try rules([(0, 4), (0, 4)], size: 0) == [])
        #expect(try rules([(0, 4)], of: int) == [.references])
    }

    @Test("bits that mean nothing, and names where none may be")
    func records() throws {
        func rules(_ word: Int, _ value: UInt32) throws -> [BTF.Finding.Rule] {
            var builder = BTFBuilder(byteOrder: .littleEndian)
            builder.add(.pointer(.void))
            _ = builder.intern("a")
            var bytes = try builder.build().serialized()
            for byte in 0..<4 { bytes[24 + 4 * word + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
            return try BTF(parsing: bytes).verify().map(\.rule)
        }
        #expect(try rules(0, 0) == [])
        #expect(try rules(0, 1) == [.names])
        #expect(try rules(1, 0x0201_0000) == [.reservedBits])
        #expect(try rules(1, 0x0200_0001) == [.reservedBits])
        #expect(try rules(1, 0x8200_0000) == [.reservedBits])
        #expect(try rules(2, 1) == [.cycles])
    }

    @Test("findings are limited, and say where")
    func limit() throws {
        let btf = try {
            var builder = BTFBuilder(byteOrder: .host)
            for _ in 0..<500 { builder.add(.typedef(name: .empty, .void)) }
            return try builder.build()
        }()
        #expect(btf.verify().count == 100)
        #expect(btf.verify(limit: 3).map(\.description) == (1...3).map { "type [\($0)]: a name is missing" })
        #expect(btf.verify(limit: 0) == [])
    }
}
