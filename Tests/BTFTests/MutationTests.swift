import BTF
import Testing

@Suite("Hostile input")
struct MutationTests {
    /// Reads everything that can be read of a BTF that was accepted.
    private func exercise(_ btf: BTF, _ comment: Comment? = nil) throws {
        for id in btf.ids {
            _ = btf[id].mapping(
                type: { $0 },
                name: {
                    _ = btf.string(at: $0); return $0
                }
            )
            for member in btf.members(of: id) { _ = btf.kind(of: member.type) }
        }
        _ = btf.verify()
        #expect(btf.differences(from: btf).isEmpty, comment)
        #expect(BTFComparison(btf, btf).rows.filter { !$0.isSame } == [], comment)
        for name in ["s", "e", "g", "task_struct"] {
            _ = btf.sightings(of: try #require(TypePath(name)))
            _ = btf.sightings(of: try #require(TypePath("\(name).next")))
        }
        _ = try btf.dumped(as: .raw)
        _ = try btf.dumped(as: .json)
        // Typed errors are fine here: what parses need not make sense.
        do throws(BTFError) {
            var output = Collector()
            try btf.dump(as: .c, to: &output)
        } catch {}
        do throws(BTFError) {
            let canonical = try btf.canonicalized()
            #expect(try canonical.canonicalized().serialized() == canonical.serialized(), comment)
        } catch {}
        #expect(try BTF(parsing: btf.serialized()).serialized() == btf.serialized(), comment)
    }

    private func tryOut(_ bytes: [UInt8], _ comment: Comment) throws {
        let btf: BTF
        do throws(BTFError) { btf = try BTF(parsing: bytes) } catch { return }
        try exercise(btf, comment)
    }

    private static let small = """
        struct s { struct s *next; int b: 3; union { long l; char c[2]; }; int (*f)(struct s *, ...); enum e *e; };
        enum e { A, B = -1 }; typedef struct s s_t; s_t v; const char *volatile p; int g(s_t *a) { return a->b; } double d;
        """

    @Test("each word set to what hurts most is refused or read without a trap", arguments: ["bpf", "bpfeb"])
    func words(target: String) throws {
        let bytes = try Fixture.clang(Self.small, target: target)
        let types = Int(bytes[target == "bpf" ? 12 : 15]) + Int(bytes[target == "bpf" ? 13 : 14]) << 8
        for offset in stride(from: 0, to: 24 + types, by: 4) {
            for value: UInt32 in [0, 1, 2, 3, 7, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0400_ffff, 0x8400_0001] {
                var changed = bytes
                for byte in 0..<4 { changed[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
                try tryOut(changed, "word at \(offset) set to \(value)")
            }
        }
    }

    @Test("each byte of the type section counted up or down is refused or read without a trap")
    func neighbours() throws {
        let bytes = try Fixture.clang(Self.small)
        for offset in bytes.indices {
            for step: UInt8 in [1, 255, 16, 128] {
                var changed = bytes
                changed[offset] &+= step
                try tryOut(changed, "byte \(offset) plus \(step)")
            }
        }
    }

    @Test("random changes are refused or read without a trap", arguments: [UInt64(1), 20_261_121, 0xb7f])
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let bytes = try Fixture.clang(Self.small)
        for round in 0..<1_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let value = UInt8.random(in: 0...40, using: &generator)
                changed[Int.random(in: 24..<bytes.count, using: &generator)] = value
            }
            try tryOut(changed, "seed \(seed), round \(round)")
        }
    }

    // MARK: - Depth

    private func chain(_ count: UInt32, _ link: (TypeID, inout BTFBuilder) -> BTFType) throws -> BTF {
        var builder = BTFBuilder(byteOrder: .host)
        for _ in 0..<count { builder.add(link(TypeID(builder.nextID.rawValue + 1), &builder)) }
        let name = builder.intern("int")
        builder.add(.int(.init(name: name, size: 4, encoding: .signed, bits: 32)))
        return try builder.build()
    }

    private static func holder(_ name: String, _ type: TypeID, _ builder: inout BTFBuilder, members: Int = 1) -> BTFType
    {
        let member = builder.intern("m")
        return .composite(
            .init(
                isUnion: false,
                name: builder.intern(name),
                size: 4,
                members: (0..<members).map { _ in .init(name: member, type: type, bitOffset: 0) }
            )
        )
    }

    @Test("chains of 100,000 types need no deep stack", .timeLimit(.minutes(1)))
    func deepChains() throws {
        try exercise(chain(100_000) { next, _ in .pointer(next) })
        try exercise(chain(100_000) { next, _ in .const(next) })
        try exercise(chain(100_000) { next, builder in .typedef(name: builder.intern("t\(next.rawValue)"), next) })
        try exercise(chain(100_000) { next, builder in Self.holder("s\(next.rawValue)", next, &builder) })
        try exercise(chain(100_000) { next, builder in Self.holder("", next, &builder) })
        try exercise(chain(100_000) { next, _ in .functionPrototype(.init(result: next, parameters: [])) })
        try exercise(chain(100_000) { next, _ in .array(.init(element: next, index: next, count: 3)) })
    }

    @Test("anonymous structs that double at each level are refused as C, not written for ever", .timeLimit(.minutes(1)))
    func doubling() throws {
        let btf = try chain(50) { next, builder in
            Self.holder(next == TypeID(2) ? "root" : "", next, &builder, members: 2)
        }
        #expect(throws: BTFError.self) { try btf.dumped(as: .c) }
        _ = try btf.canonicalized()
        _ = btf.verify()
    }

    @Test("strings that lie in each other do not make terabytes", .timeLimit(.minutes(1)))
    func overlappingStrings() throws {
        let count = 200_000
        var builder = BTFBuilder(byteOrder: .host)
        let name = builder.intern(String(repeating: "a", count: count)).rawValue
        for offset in 0..<UInt32(count) {
            builder.add(.forward(name: StringOffset(rawValue: name + offset), isUnion: false))
        }
        let btf = try builder.build()
        let error = #expect(throws: BTFError.self) { try btf.canonicalized() }
        #expect(error?.section == .strings)
    }

    @Test("a gap of half a gigabyte is one line of C")
    func hugeGap() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let name = builder.intern("char")
        let char = builder.add(.int(.init(name: name, size: 1, encoding: .signed, bits: 8)))
        let member = BTFType.Member(name: name, type: char, bitOffset: 0xffff_fff8)
        let huge = builder.intern("huge")
        builder.add(.composite(.init(isUnion: false, name: huge, size: 0x2000_0000, members: [member])))
        #expect(try builder.build().dumped(as: .c).utf8.count < 1_000)
    }

    @Test("cycles that C cannot express are found, and do not hang", .timeLimit(.minutes(1)))
    func cycles() throws {
        for length: UInt32 in [1, 2, 3_000] {
            var builder = BTFBuilder(byteOrder: .host)
            for index in 1...length { builder.add(.pointer(TypeID(index % length + 1))) }
            let pointers = try builder.build()
            #expect(pointers.verify().contains { $0.rule == .cycles })
            try exercise(pointers)
            #expect(try pointers.canonicalized().typeCount == 1)
            builder = BTFBuilder(byteOrder: .host)
            for index in 1...length { builder.add(Self.holder("s\(index)", TypeID(index % length + 1), &builder)) }
            let structs = try builder.build()
            #expect(structs.verify().contains { $0.rule == .cycles })
            try exercise(structs)
        }
    }
}
