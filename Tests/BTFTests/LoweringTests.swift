import BTF
import TestSupport
import Testing

@Suite("BTF for old consumers")
struct LoweringTests {
    private static let maxima = Kind.allCases.filter { $0 >= .functionPrototype }

    @Test("nothing above the highest kind is left, and the rest keeps its sizes", arguments: maxima, ["bpf", "bpfeb"])
    func lowers(maximum: Kind, target: String) throws {
        let source = """
            enum wide { WIDE = 0x1234567890LL, LOW = 7 }; enum below { MINUS = -0x1234567890LL };
            struct s { double d; float f; enum wide w; enum below b; int count; } v;
            struct s *p; int g(struct s *a) { return a->count; }
            """
        let whole = try BTF(parsing: Fixture.clang(source, target: target))
        let lowered = try whole.lowered(to: maximum)
        #expect(lowered.ids.allSatisfy { lowered.kind(of: $0) <= maximum })
        #expect(lowered.byteOrder == whole.byteOrder)
        #expect(lowered.verify().isEmpty)
        #expect(try lowered.canonicalized().serialized() == lowered.serialized())
        let (old, new) = (try #require(whole.first(.structure, "s")), try #require(lowered.first(.structure, "s")))
        #expect(lowered.header(of: new).sizeOrType == whole.header(of: old).sizeOrType)
        #expect(lowered.members(of: new).map(\.bitOffset) == whole.members(of: old).map(\.bitOffset))
        guard maximum < .enumeration64 else { return }
        let wide = try #require(lowered.first(.enumeration, "wide"))
        guard case .enumeration(let enumeration) = lowered[wide] else { return }
        #expect(enumeration.size == 8)
        #expect(enumeration.enumerators.map(\.value) == [0x3456_7890, 7])
        #expect(lowered.ids.allSatisfy { !lowered.kind(of: $0).isEnumeration || !lowered.header(of: $0).kindFlag })
    }

    @Test("tags give way to what they tag, however many there are")
    func tags() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let int = builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        let inner = builder.add(.typeTag(name: builder.intern("inner"), int, isAttribute: false))
        let outer = builder.add(.typeTag(name: builder.intern("outer"), inner, isAttribute: false))
        builder.add(.pointer(outer))
        builder.add(.pointer(builder.add(.typeTag(name: builder.intern("of_void"), .void, isAttribute: false))))
        let lowered = try builder.build().lowered(to: .declarationTag)
        let targets = lowered.ids.filter { lowered.kind(of: $0) == .pointer }.map { lowered.header(of: $0).type }
        #expect(Set(targets.map { lowered.name(of: $0) }) == ["int", ""])
        #expect(targets.contains(.void))
        #expect(lowered.typeCount == 3)
    }

    @Test("a floating point number of a size that no integer has becomes what pahole makes of it")
    func oddFloat() throws {
        var builder = BTFBuilder(byteOrder: .host)
        builder.add(.float(name: builder.intern("long double"), size: 12))
        let lowered = try builder.build().lowered(to: .dataSection)
        #expect(lowered.ids.map { lowered.name(of: $0) } == ["__SANITIZED_FAKE_INT__"])
        #expect(lowered.verify().isEmpty)
    }

    @Test("what cannot be lowered is refused")
    func refusals() throws {
        let base = try BTF(parsing: Fixture.pahole("struct a { int x; } v;"))
        let split = try BTF(parsing: Fixture.pahole("struct b { int x; } w;", base: base.serialized()), base: base)
        #expect(throws: BTFError.self) { try split.lowered(to: .float) }
        #expect(throws: BTFError.self) { try base.lowered(to: .function) }
        var builder = BTFBuilder(byteOrder: .host)
        builder.add(.typeTag(name: builder.intern("tag"), TypeID(1), isAttribute: false))
        let cycle = try builder.build()
        #expect(throws: BTFError.self) { try cycle.lowered(to: .float) }
    }
}
