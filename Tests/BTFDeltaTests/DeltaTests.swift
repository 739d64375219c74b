import BTF
import BTFDelta
import Foundation
import TestSupport
import Testing

@Suite("Deltas between BTFs")
struct DeltaTests {
    /// C whose types differ from the first in one way each.
    private static let sources: [(change: String, source: String)] = [
        ("nothing", source()),
        ("a member more", source(members: "long a; int added; char *b; struct list *next;")),
        ("a member less", source(members: "long a; struct list *next;")),
        ("members in another order", source(members: "struct list *next; char *b; long a;")),
        ("a member of another type", source(members: "int a; char *b; struct list *next;")),
        ("another size of an array", source(name: "char name[32];")),
        ("an enumerator more", source(enumerators: "first, between, second = 9, third")),
        ("a parameter more", source(parameters: "struct node *n, const int *count, unsigned long flags")),
        ("a declaration that becomes a definition", source(extra: "struct list { struct list *next; };")),
        ("types before and after all others", source(extra: "struct aa { int q; } aa; union zz { long z; } zz;")),
        ("a bit-field and an anonymous union", source(members: "unsigned a : 3; union { int x; long y; }; char *b;")),
    ]

    private static func source(
        members: String = "long a; char *b; struct list *next;",
        name: String = "char name[16];",
        enumerators: String = "first, second = 9, third",
        parameters: String = "struct node *n, const int *count",
        extra: String = ""
    ) -> String {
        """
        struct list; \(extra)
        enum order { \(enumerators) };
        typedef unsigned long size_type;
        struct node { \(members) \(name) enum order order; int (*call)(\(parameters)); };
        struct node nodes[4]; size_type total; enum order current; struct list *head;
        int use(\(parameters)) { return n->order + *count + (int)total; }
        """
    }

    private static let tables = Result {
        try sources.map { try canonical(CompiledBTF.compile($0.source)) }
    }

    private static func canonical(_ bytes: [UInt8], base: BTF? = nil) throws -> BTF {
        try BTF(parsing: bytes, base: base).canonicalized()
    }

    private func check(_ target: BTF, from base: TypeTable) throws -> [UInt8] {
        let table = try #require(TypeTable(target))
        let delta = try Delta.encode(table, from: base).bytes
        let result = try TypeLayers(applying: delta, to: TypeLayers(base), limit: target.serialized().count)
        #expect(try result.canonicalBytes() == target.serialized())
        #expect(try TypeLayers(result.table()).canonicalBytes() == target.serialized())
        return delta
    }

    @Test("each of some BTFs comes out of a delta against each other, and against nothing")
    func roundTrip() throws {
        let all = try Self.tables.get()
        for target in all {
            _ = try check(target, from: .empty)
            for base in all { _ = try check(target, from: #require(TypeTable(base))) }
        }
    }

    @Test("what is the same costs a few bytes, one change little more", arguments: 0..<11)
    func size(index: Int) throws {
        let all = try Self.tables.get()
        let delta = try check(all[index], from: #require(TypeTable(all[0])))
        #expect(delta.count < (index == 0 ? 24 : 220), "\(Self.sources[index].change)")
    }

    @Test("a module's split BTF follows its kernel", arguments: [1, 9])
    func module(index: Int) throws {
        let source = Self.source() + " struct own { struct node *node; struct own *next; } own;"
        var modules: [(kernel: BTF, table: TypeTable, module: BTF, split: TypeTable)] = []
        for kernel in [try Self.tables.get()[0], try Self.tables.get()[index]] {
            let table = try #require(TypeTable(kernel))
            let bytes = try CompiledBTF.compile(source, base: kernel.serialized())
            let module = try Self.canonical(bytes, base: kernel)
            modules.append((kernel, table, module, try #require(TypeTable(module, kernel: table))))
        }
        let between = try Delta.encode(modules[1].table, from: modules[0].table)
        let kernels = [
            TypeLayers(modules[0].table), try TypeLayers(applying: between.bytes, to: TypeLayers(modules[0].table)),
        ]
        let outer = try #require(kernels[1].correspondence)
        let delta = try Delta.encode(modules[1].split, from: modules[0].split, outer: outer).bytes
        let first = try TypeLayers(
            applying: Delta.encode(modules[0].split, from: .empty).bytes,
            to: TypeLayers(.empty),
            kernel: kernels[0]
        )
        let result = try TypeLayers(applying: delta, to: first, kernel: kernels[1], isOfNextKernel: true)
        #expect(try result.canonicalBytes(kernel: kernels[1]) == modules[1].module.serialized())
        let alone = try Delta.encode(modules[1].split, from: .empty).bytes
        let fresh = try TypeLayers(applying: alone, to: TypeLayers(.empty), kernel: kernels[1])
        #expect(try fresh.canonicalBytes(kernel: kernels[1]) == modules[1].module.serialized())
    }

    @Test("a delta of deltas is read as if each had been applied in turn")
    func chain() throws {
        let all = try Self.tables.get()
        var layers = TypeLayers(try #require(TypeTable(all[0])))
        for target in all.dropFirst() + all.reversed() {
            let table = try #require(TypeTable(target))
            layers = try TypeLayers(applying: Delta.encode(table, from: layers.table()).bytes, to: layers)
            #expect(try layers.canonicalBytes() == target.serialized())
        }
    }

    @Test("a table comes out of its packed form, and damaged bytes give an error or another table")
    func packing() throws {
        let bytes = try Self.tables.get()[10].serialized()
        let packed = try #require(TypeTable(BTF(parsing: bytes))).packed()
        #expect(try TypeLayers(TypeTable(packed: packed, limit: bytes.count)).canonicalBytes() == bytes)
        #expect(throws: DeltaError.self) { try TypeTable(packed: packed, limit: bytes.count - 1) }
        var refused = 0
        for place in packed.indices {
            var damaged = packed
            damaged[place] ^= 0x15
            do {
                let layers = TypeLayers(try TypeTable(packed: damaged, limit: 1 << 16))
                #expect(try layers.canonicalBytes().count <= 1 << 16)
                _ = try BTF(parsing: TypeLayers(layers.table()).canonicalBytes())
            } catch is DeltaError { refused += 1 } catch is BTFError {}
            #expect(throws: DeltaError.self) { try TypeTable(packed: Array(packed[..<place])) }
        }
        #expect(refused > packed.count / 10)
    }

    @Test("what is not canonical has no table")
    func notCanonical() throws {
        let bytes = try CompiledBTF.compile(Self.source())
        #expect(TypeTable(try BTF(parsing: bytes)) == nil)
    }

    @Test("a mutated delta gives an error or types that hang together, never more than allowed", arguments: 0..<8)
    func hostile(seed: UInt64) throws {
        let all = try Self.tables.get()
        let base = try #require(TypeTable(all[0]))
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for round in 0..<400 {
            let target = try #require(TypeTable(all[round % all.count]))
            var delta = try Delta.encode(target, from: round % 3 == 0 ? .empty : base).bytes
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                let place = Int.random(in: 0..<delta.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: delta[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: delta[place] = UInt8.random(in: 0...255, using: &generator)
                case 2: delta.remove(at: place)
                default: delta.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
                if delta.isEmpty { delta = [0] }
            }
            do {
                let under = TypeLayers(round % 3 == 0 ? .empty : base)
                let result = try TypeLayers(applying: delta, to: under, limit: 1 << 16)
                #expect(try result.canonicalBytes().count <= 1 << 16)
                let bytes = try TypeLayers(result.table()).canonicalBytes()
                #expect(bytes.count <= 1 << 16)
                _ = try BTF(parsing: bytes)
            } catch is DeltaError { refused += 1 }
        }
        #expect(refused > 100)
    }

    /// Versions of many types, each of which differs from the one before in some hundreds.
    private static func manyTypes(version: Int) -> String {
        let structs = (0..<3_500).map { number in
            let change = number * 7_919 % 11 < 3 ? version : 0
            let members = (0..<4 + number % 3).map {
                "\(change % 2 == 0 ? "int" : "long") m\((number * 31 + $0 * 17 + change) % 997);"
            }
            return
                "struct s\(number)_\(change % 3) { \(members.joined(separator: " ")) struct s\(number)_\(change % 3) *next; } v\(number);"
        }
        return structs.joined(separator: "\n")
    }

    @Test("large deltas, one on the other, are read as if each had been applied in turn, and damaged ones never trap")
    func largeChain() throws {
        let versions = try (0..<4).map { try Self.canonical(CompiledBTF.compile(Self.manyTypes(version: $0))) }
        var layers = TypeLayers(try #require(TypeTable(versions[0])))
        var last: (delta: [UInt8], base: TypeLayers)?
        for target in versions.dropFirst() {
            let delta = try Delta.encode(#require(TypeTable(target)), from: layers.table()).bytes
            #expect(delta.count > 8_192, "a delta of this size looks its base up in pieces")
            last = (delta, layers)
            layers = try TypeLayers(applying: delta, to: layers)
            #expect(try layers.canonicalBytes() == target.serialized())
            #expect(try TypeLayers(layers.table()).canonicalBytes() == target.serialized())
        }
        let (delta, base) = try #require(last)
        var generator = SeededGenerator(seed: 1)
        var refused = 0
        for _ in 0..<200 {
            var damaged = delta
            damaged[Int.random(in: 0..<delta.count, using: &generator)] ^=
                1 << UInt8.random(in: 0..<8, using: &generator)
            do {
                let result = try TypeLayers(applying: damaged, to: base, limit: 1 << 20)
                _ = try BTF(parsing: TypeLayers(result.table()).canonicalBytes())
                #expect(try result.canonicalBytes().count <= 1 << 20)
            } catch is DeltaError { refused += 1 }
        }
        #expect(refused > 50)
    }

    @Test("a delta that is cut off is refused")
    func cut() throws {
        let all = try Self.tables.get()
        let base = try #require(TypeTable(all[0]))
        let delta = try check(all[9], from: base)
        for length in delta.indices {
            #expect(throws: DeltaError.self) { try TypeLayers(applying: Array(delta[..<length]), to: TypeLayers(base)) }
        }
    }

    @Test("a real kernel comes out of a delta against nothing, and against itself", .enabled(if: RealKernel.isPresent))
    func realKernel() throws {
        let kernel = try Self.canonical(Array(Data(contentsOf: URL(filePath: RealKernel.pahole))))
        let table = try #require(TypeTable(kernel))
        #expect(try check(kernel, from: .empty).count < kernel.serialized().count / 4)
        // A header of a byte and six numbers, a mask, three lengths, a piece's length, and three columns of one step; each
        // number that counts something of the kernel has at most four bytes.
        #expect(try check(kernel, from: table).count <= 25 + 1 + 3 + 1 + 6 + 4 + 1)
        _ = try check(try Self.tables.get()[0], from: table)
    }
}
