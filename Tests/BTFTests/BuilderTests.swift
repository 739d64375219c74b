import BTF
import Testing

@Suite("Building")
struct BuilderTests {
    @Test("types taken apart and added again give the same types", arguments: ["bpf", "bpfeb"])
    func rebuild(target: String) throws {
        let btf = try BTF(parsing: Fixture.clang(Fixture.zoo, target: target))
        let rebuilt = try btf.repeated(1)
        #expect(rebuilt.byteOrder == btf.byteOrder)
        #expect(try rebuilt.dumped(as: .raw) == btf.dumped(as: .raw))
        #expect(try BTF(parsing: rebuilt.serialized()).dumped(as: .raw) == btf.dumped(as: .raw))
    }

    @Test("a string is kept once, and a base's string is used where there is one")
    func strings() throws {
        var builder = BTFBuilder(byteOrder: .littleEndian)
        let one = builder.intern("one")
        #expect(builder.intern("one") == one)
        #expect(builder.intern("") == .empty)
        #expect(builder.intern(bytes: [0x6f, 0x6e, 0x65, 0x00, 0x41]) == one)
        builder.add(.int(.init(name: one, size: 4, encoding: .signed, bits: 32)))
        let base = try builder.build()
        var split = BTFBuilder(byteOrder: .bigEndian, base: base)
        #expect(split.nextID == base.endID)
        #expect(split.intern("one") == one)
        let two = split.intern("two")
        #expect(Int(two.rawValue) == base.stringsLength)
        split.add(.typedef(name: two, TypeID(1)))
        let built = try split.build()
        #expect(built.byteOrder == .littleEndian)
        #expect(built.string(at: two) == "two")
        #expect(built.stringsLength == 4)
    }

    @Test("a string of any length ends where it ends, wherever in the section that is")
    func lengths() throws {
        let names = (0...40).map { String("abcdefghijklmnopqrstuvwxyz\u{e9}\u{e9}0123456789_".prefix($0)) }
        for order in [names, names.reversed()] {
            var builder = BTFBuilder(byteOrder: .littleEndian)
            let offsets = order.map { builder.intern($0) }
            builder.add(.float(name: offsets[1], size: 4))
            let btf = try BTF(parsing: builder.build().serialized())
            #expect(offsets.map { btf.string(at: $0) } == order)
        }
    }

    @Test("thousands of strings are found again")
    func manyStrings() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let offsets = (0..<5_000).map { builder.intern("name\($0)") }
        #expect((0..<5_000).allSatisfy { builder.intern("name\($0)") == offsets[$0] })
    }

    @Test("what the format cannot hold is refused when building")
    func faults() throws {
        func fault(_ type: BTFType) -> Bool {
            var builder = BTFBuilder(byteOrder: .host)
            builder.add(type)
            do throws(BTFError) { _ = try builder.build() } catch { return true }
            return false
        }
        let member = BTFType.Member(name: .empty, type: .void, bitOffset: 0x100_0000, bitfieldSize: 1)
        #expect(fault(.void))
        #expect(fault(.pointer(TypeID(2))))
        #expect(fault(.typedef(name: StringOffset(rawValue: 1), .void)))
        #expect(fault(.composite(.init(isUnion: false, name: .empty, size: 0, members: [member]))))
        let many = [BTFType.Parameter](repeating: .init(name: .empty, type: .void), count: 0x1_0000)
        #expect(fault(.functionPrototype(.init(result: .void, parameters: many))))
    }
}
