import BTF
import TestSupport
import Testing

@Suite("Finding a type or a member by its path")
struct SightingTests {
    private func sightings(_ path: String, in source: String) throws -> [TypeSighting] {
        try BTF(parsing: CompiledBTF.compile(source)).sightings(of: #require(TypePath(path)))
    }

    private let source = """
        struct inner { char pad[12]; int deep; };
        struct s { long a; union { struct { int in_union; int second; }; long word; }; struct inner inner;
            struct { short x; } named; unsigned flag: 3; unsigned wide: 6; char tail[7]; } s;
        typedef struct s s_t; s_t v; enum e { A, B = 7 } e; int f(struct s *p) { return p->named.x; }
        """

    @Test(
        "places and sizes in bits",
        arguments: [
            ("s.a", 0, 64), ("s.in_union", 64, 32), ("s.second", 96, 32), ("s.word", 64, 64), ("s.inner", 128, 128),
            ("s.inner.deep", 224, 32), ("s.named.x", 256, 16), ("struct s.tail", 288, 56), ("s_t.second", 96, 32),
        ]
    )
    func places(path: String, offset: UInt64, size: UInt64) throws {
        let found = try sightings(path, in: source)
        #expect(found.map(\.bitOffset) == [offset])
        #expect(found.map(\.bitSize) == [size])
        #expect(found.allSatisfy { !$0.isBitfield })
    }

    @Test("bitfields have bits")
    func bitfields() throws {
        let found = try sightings("s.wide", in: source)
        #expect(found.map(\.bitOffset) == [275])
        #expect(found.map(\.bitSize) == [6])
        #expect(found.map(\.isBitfield) == [true])
    }

    @Test("types, enumerators and functions")
    func others() throws {
        #expect(try sightings("s", in: source).map(\.bitSize) == [384])
        #expect(try sightings("enum e.B", in: source).map(\.text) == ["7"])
        #expect(try sightings("f", in: source).map(\.text) == ["int f(struct s *p)"])
        #expect(try sightings("union s", in: source).isEmpty)
        #expect(try sightings("s.nothing", in: source).isEmpty)
        #expect(try sightings("s.inner.deep.deeper", in: source).isEmpty)
    }

    @Test("a type's contents tell whether it has changed where its size has not")
    func contents() throws {
        let one = try sightings("s", in: "struct s { int a; int b; } s;")
        let same = try sightings("s", in: "int before; struct s { int a; int b; } s;")
        let other = try sightings("s", in: "struct s { int b; int a; } s;")
        #expect(one == same)
        #expect(one != other)
    }

    @Test("paths", arguments: ["", ".", "a.", ".a", "a..b", "struct", "nonsense a", "struct a b"])
    func malformed(path: String) {
        #expect(TypePath(path) == nil || path == "struct")
    }
}
