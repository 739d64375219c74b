import BTF
import Foundation
import TestSupport
import Testing

@Suite("What differs between two BTFs")
struct DifferenceTests {
    /// Compiles two sources and compares them.
    private func differences(_ old: String, _ new: String) throws -> [TypeDifference] {
        let before = try BTF(parsing: CompiledBTF.compile(old)).canonicalized()
        let after = try BTF(parsing: CompiledBTF.compile(new)).canonicalized()
        return after.differences(from: before)
    }

    /// The parts of the one type that has changed.
    private func parts(_ differences: [TypeDifference], _ kind: ComparedKind, _ name: String) -> [PartDifference]? {
        for difference in differences where difference.kind == kind && difference.name == name {
            if case .changed(let parts) = difference.change { return parts }
        }
        return nil
    }

    @Test("members are added, removed, moved and retyped")
    func members() throws {
        let differences = try differences(
            "struct s { int a; int gone; long b; char c; int same; } s;",
            "struct s { int a; long b; unsigned char c; int same; char more[4]; } s;"
        )
        let parts = try #require(self.parts(differences, .structure, "s"))
        #expect(parts.first == .size(old: 24, new: 32))
        var seen: [String: String] = [:]
        for part in parts {
            guard case .member(let name, let old, let new) = part else { continue }
            let one = old.map { "\($0.type)@\($0.bitOffset / 8)" } ?? "none"
            let two = new.map { "\($0.type)@\($0.bitOffset / 8)" } ?? "none"
            seen[name] = "\(one) \(two)"
        }
        #expect(
            seen == [
                "gone": "int@4 none", "c": "char@16 unsigned char@16", "more": "none char [4]@24",
            ]
        )
    }

    @Test("a type that differs only in what it refers to by name is not listed")
    func references() throws {
        let uses = " struct outer { struct inner in; struct inner *p; } o; typedef struct inner t; t v; "
        let differences = try differences(
            "struct inner { int a; };" + uses + "int f(t *a) { return a->a; }",
            "struct inner { int a; int b; };" + uses + "int f(t *a) { return a->b; }"
        )
        #expect(differences.map(\.name) == ["inner"])
    }

    @Test("anonymous structs and unions are looked through, named members of them too")
    func anonymous() throws {
        let differences = try differences(
            "struct s { int a; union { long b; struct { char c; short d; }; }; struct { int x; int y; } n[2]; } s;",
            "struct s { int a; union { long b; struct { char c; char d; }; }; struct { int x; long y; } n[2]; } s;"
        )
        let names = try #require(parts(differences, .structure, "s")).compactMap { part -> String? in
            guard case .member(let name, let old?, let new?) = part else { return nil }
            return "\(name) \(old.type)@\(old.bitOffset / 8) \(new.type)@\(new.bitOffset / 8)"
        }
        #expect(names == ["d short int@10 char@9", "n.y int@20 long int@24"])
        #expect(differences.filter { $0.kind != .integer }.count == 1)
    }

    @Test("bitfields, enumerators, typedefs and functions")
    func others() throws {
        let differences = try differences(
            """
            struct b { int x: 3; int y: 5; } b; enum e { A, B = 2, GONE } e; typedef int t; t v;
            int kept(int a) { return a; } int dropped(void) { return 1; } int retyped(int a) { return a; }
            """,
            """
            struct b { int x: 4; int y: 5; } b; enum e { A, B = 3, NEW = 9 } e; typedef long t; t v;
            int kept(int a) { return a; } int retyped(long a) { return a; } int added(char *p) { return *p; }
            """
        )
        #expect(
            differences.filter { $0.kind != .integer }.map { "\($0.kind.rawValue) \($0.name)" } == [
                "struct b", "enum e", "typedef t", "function added", "function dropped", "function retyped",
            ]
        )
        #expect(
            parts(differences, .enumeration, "e") == [
                .enumerator(name: "B", old: "2", new: "3"), .enumerator(name: "NEW", old: nil, new: "9"),
                .enumerator(name: "GONE", old: "3", new: nil),
            ]
        )
        #expect(parts(differences, .typedef, "t") == [.declaration(old: "int t", new: "long int t")])
        #expect(
            parts(differences, .function, "retyped") == [
                .declaration(old: "int retyped(int a)", new: "int retyped(long int a)")
            ]
        )
        let bits = try #require(parts(differences, .structure, "b"))
        #expect(bits.count == 2, "x is wider, and y has moved by a bit: \(bits)")
        #expect(differences.first { $0.name == "added" }?.change == .added("int added(char *p)"))
        #expect(differences.first { $0.name == "dropped" }?.change == .removed("int dropped(void)"))
    }

    @Test("an enumeration without a name is known by its first enumerator")
    func namelessEnumeration() throws {
        let differences = try differences(
            "enum { FIRST, SECOND }; int f(void) { return SECOND; }",
            "enum { FIRST, SECOND, THIRD }; int f(void) { return THIRD; }"
        )
        let only = try #require(differences.first)
        #expect(differences.count == 1)
        #expect(only.firstEnumerator == "FIRST")
        #expect(only.change == .changed([.enumerator(name: "THIRD", old: nil, new: "2")]))
    }

    @Test("a declaration that becomes a definition has changed")
    func declaration() throws {
        let differences = try differences("struct d; struct d *p;", "struct d { int a; }; struct d *p;")
        #expect(
            parts(differences, .structure, "d") == [.declaration(old: "only declared", new: "4 bytes, 1 member")]
        )
    }

    @Test("split BTF is compared by its own types")
    func split() throws {
        let base = try CompiledBTF.kernel("base")
        let source = "struct task_struct { int pid; int tgid; char comm[16]; struct task_struct *real_parent; };"
        func module(_ member: String) throws -> BTF {
            let use = "struct own { struct task_struct *owner; \(member) } own; int f(void) { return own.x; }"
            return try BTF(parsing: CompiledBTF.compile(source + use, base: base), base: BTF(parsing: base))
        }
        let differences = try module("long x;").differences(from: module("int x;"))
        #expect(differences.map(\.name) == ["own"])
        #expect(try module("int x;").differences(from: module("int x;")).isEmpty)
    }

    @Test("ids and order do not count", arguments: [1, 2, 3])
    func order(seed: UInt64) throws {
        let btf = try BTF(parsing: CompiledBTF.compile(Fixture.zoo))
        let shuffled = try btf.shuffled(seed: seed)
        #expect(shuffled.differences(from: btf).isEmpty)
        #expect(btf.differences(from: shuffled).isEmpty)
    }

    @Test("structs that contain each other many times over end, and so do prototypes")
    func explosion() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let int = builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        func grow(_ builder: inout BTFBuilder, from first: TypeID) {
            var (struct_, prototype) = (first, first)
            for level in 0..<40 {
                let name = level == 39 ? builder.intern("outer") : .empty
                let member = BTFType.Member(name: .empty, type: struct_, bitOffset: 0)
                struct_ = builder.add(
                    .composite(.init(isUnion: false, name: name, size: 4, members: [member, member]))
                )
                let parameter = BTFType.Parameter(name: .empty, type: prototype)
                prototype = builder.add(.functionPrototype(.init(result: int, parameters: [parameter, parameter])))
            }
            builder.add(.function(.init(name: builder.intern("f"), prototype: prototype, linkage: .static)))
        }
        var other = builder
        grow(&builder, from: int)
        let float = other.add(.float(name: other.intern("float"), size: 4))
        grow(&other, from: float)
        let differences = try other.build().differences(from: builder.build())
        #expect(Set(differences.map(\.name)) == ["outer", "f", "float"])
    }

    @Test("a whole kernel equals itself in another order", .enabled(if: RealKernel.isPresent))
    func realKernel() throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: RealKernel.pahole)))
        let btf = try BTF(parsing: bytes)
        #expect(try btf.shuffled(seed: 1).differences(from: btf).isEmpty)
    }
}
