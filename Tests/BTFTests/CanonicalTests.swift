import BTF
import TestSupport
import Testing

@Suite("Canonical form")
struct CanonicalTests {
    @Test("any order of types and strings gives the same bytes", arguments: ["bpf", "bpfeb"])
    func invariance(target: String) throws {
        let btf = try BTF(parsing: Fixture.clang(Fixture.zoo + Fixture.layouts, target: target))
        let canonical = try btf.canonicalized().serialized()
        for seed: UInt64 in 1...40 {
            let shuffled = try btf.shuffled(seed: seed)
            #expect(shuffled.serialized() != btf.serialized())
            #expect(try shuffled.canonicalized().serialized() == canonical, "seed \(seed)")
        }
    }

    @Test("any order of gcc's types gives the same bytes, split BTF's too")
    func splitInvariance() throws {
        let base = try BTF(parsing: Fixture.pahole(Fixture.zoo)).canonicalized()
        let source = "\(Fixture.zoo)\(Fixture.layouts)\nstruct only_here { struct zoo *zoo; struct node node; };"
        let split = try BTF(parsing: Fixture.pahole(source, base: base.serialized()), base: base)
        let canonical = try split.canonicalized()
        #expect(canonical.firstID == base.endID)
        #expect(canonical.first(.structure, "only_here") != nil)
        for seed: UInt64 in 1...20 {
            #expect(
                try split.shuffled(seed: seed).canonicalized().serialized() == canonical.serialized(),
                "seed \(seed)"
            )
        }
        // Strings of the base are not repeated.
        for id in canonical.ids where canonical.name(of: id) == "zoo" {
            #expect(canonical.header(of: id).name.rawValue > 0)
        }
        #expect(canonical.verify() == [])
    }

    @Test("the canonical form's canonical form is itself", arguments: ["bpf", "bpfeb"])
    func idempotence(target: String) throws {
        let canonical = try BTF(parsing: Fixture.clang(Fixture.zoo, target: target)).canonicalized()
        #expect(try canonical.canonicalized().serialized() == canonical.serialized())
    }

    @Test("copies are merged, those in cycles too", arguments: 2...4)
    func merging(count: Int) throws {
        let btf = try BTF(parsing: Fixture.pahole(Fixture.zoo + Fixture.layouts))
        let canonical = try btf.canonicalized()
        #expect(try btf.repeated(count).canonicalized().serialized() == canonical.serialized())
        #expect(try btf.repeated(count).shuffled(seed: 7).canonicalized().serialized() == canonical.serialized())
    }

    @Test("types that differ only far away are kept apart")
    func keptApart() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let (node, next) = (builder.intern("node"), builder.intern("next"))
        // Two rings of structs of one name, that differ in one size.
        for (ring, size) in [(UInt32(0), UInt32(8)), (1, 16)] {
            for index: UInt32 in 0..<4 {
                let pointer = TypeID(ring * 8 + index * 2 + 2)
                let member = BTFType.Member(name: next, type: pointer, bitOffset: 0)
                builder.add(
                    .composite(.init(isUnion: false, name: node, size: index == 3 ? size : 8, members: [member]))
                )
                builder.add(.pointer(TypeID(ring * 8 + (index + 1) % 4 * 2 + 1)))
            }
        }
        let canonical = try builder.build().canonicalized()
        // The first ring is one type that points to itself; of the second, each type has its own distance.
        #expect(canonical.typeCount == 2 + 8)
    }

    @Test("it says what the original says")
    func meaning() throws {
        for bytes in [
            try Fixture.clang(Fixture.zoo), try Fixture.clang(Fixture.zoo, target: "bpfeb"),
            try Fixture.pahole(Fixture.zoo + Fixture.layouts),
        ] {
            let btf = try BTF(parsing: bytes)
            let canonical = try btf.canonicalized()
            #expect(BTFMeaning(of: canonical).differences(from: BTFMeaning(of: btf)) == [])
        }
    }

    @Test("types without names come first, then names in the order of their bytes; strings too")
    func order() throws {
        let canonical = try BTF(parsing: Fixture.pahole(Fixture.zoo + Fixture.layouts)).canonicalized()
        let names = canonical.ids.map { Array(canonical.bytes(at: canonical.header(of: $0).name)) }
        #expect(names == names.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(names.first == [] && names.last != [])
        let strings = canonical.serialized().suffix(canonical.stringsLength).split(separator: 0)
        #expect(strings.count == Set(strings).count)
        #expect(strings.elementsEqual(strings.sorted { $0.lexicographicallyPrecedes($1) }))
    }

    @Test("a name of no bytes is no name, wherever it lies")
    func emptyNames() throws {
        func canonical(_ empty: (StringOffset) -> StringOffset) throws -> [UInt8] {
            var builder = BTFBuilder(byteOrder: .host)
            let name = builder.intern("ab")
            let int = builder.add(.int(.init(name: name, size: 4, encoding: .signed, bits: 32)))
            let member = BTFType.Member(name: empty(name), type: int, bitOffset: 0)
            let inner = builder.add(
                .composite(.init(isUnion: false, name: empty(name), size: 4, members: [member]))
            )
            builder.add(.typedef(name: name, inner))
            let form = try builder.build().canonicalized()
            #expect(try form.canonicalized().serialized() == form.serialized())
            return form.serialized()
        }
        let plain = try canonical { _ in .empty }
        // The terminator of a string of two bytes.
        #expect(try canonical { StringOffset(rawValue: $0.rawValue + 2) } == plain)
    }
}
