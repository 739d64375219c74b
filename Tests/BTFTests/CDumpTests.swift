import BTF
import Foundation
import TestSupport
import Testing

@Suite("Printing as C")
struct CDumpTests {
    /// Compiles a header and checks, within C, that sizes and offsets are those of the BTF.
    private func compile(_ header: String, assertingLayoutsOf btf: BTF) throws {
        var source = "#include \"types.h\"\n"
        var seen: Set<String> = []
        for id in btf.ids where btf.kind(of: id).isComposite {
            let type = btf.header(of: id)
            let name = "\(type.kind == .union ? "union" : "struct") \(btf.name(of: id))"
            // A second type of a name has another one in the header; packed ones of no name are checked in place.
            guard !type.name.isEmpty, seen.insert(btf.name(of: id)).inserted else { continue }
            source += "_Static_assert(sizeof(\(name)) == \(type.sizeOrType), \"size of \(name)\");\n"
            for member in btf.members(of: id) where !member.name.isEmpty && member.bitfieldSize == 0 {
                let field = btf.string(at: member.name)
                source +=
                    "_Static_assert(__builtin_offsetof(\(name), \(field)) == \(member.bitOffset / 8), \"\(field)\");\n"
            }
        }
        let directory = try TemporaryDirectory()
        _ = try directory.write(header, to: "types.h")
        let path = try directory.write(source, to: "layouts.c")
        let output = directory.path("layouts.o")
        try Tool.run("clang", ["-target", "bpf", "-g", "-O1", "-w", "-c", path, "-o", output])
        try Tool.run("gcc", ["-g", "-w", "-c", path, "-o", output])
    }

    private func text(_ source: String) throws -> String { try BTF(parsing: Fixture.pahole(source)).dumped(as: .c) }

    @Test("the header compiles with clang for BPF and with gcc, and each size and offset is right")
    func layouts() throws {
        // BPF has no long double of 16 bytes.
        let source = (Fixture.zoo + Fixture.layouts).replacingOccurrences(of: "long double c;", with: "")
        let btf = try BTF(parsing: Fixture.pahole(source))
        try compile(btf.dumped(as: .c), assertingLayoutsOf: btf)
        let canonical = try btf.canonicalized()
        try compile(canonical.dumped(as: .c), assertingLayoutsOf: canonical)
        for seed: UInt64 in 1...10 {
            let shuffled = try btf.shuffled(seed: seed)
            do { try compile(shuffled.dumped(as: .c), assertingLayoutsOf: shuffled) } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }

    @Test("what gcc and pahole make of the header says the same, bitfields and anonymous members too")
    func meaning() throws {
        let btf = try BTF(parsing: Fixture.pahole(Fixture.zoo + Fixture.layouts))
        let again = try BTF(parsing: Fixture.pahole(btf.dumped(as: .c)))
        let (one, two) = (BTFMeaning(of: btf).descriptions, BTFMeaning(of: again).descriptions)
        for kind: Kind in [.structure, .union, .enumeration, .enumeration64, .typedef, .forward, .float] {
            #expect(one[kind]?.symmetricDifference(two[kind] ?? []) ?? [] == [], "\(kind)")
        }
    }

    @Test("the text is bpftool's where layout needs no help")
    func bpftoolText() throws {
        let btf = try BTF(parsing: Fixture.clang(Fixture.zoo))
        let directory = try TemporaryDirectory()
        try Data(btf.serialized()).write(to: URL(fileURLWithPath: directory.path("a.btf")))
        let theirs = try Tool.run("bpftool", ["btf", "dump", "file", directory.path("a.btf"), "format", "c"]).text
        // Which forward declarations there are, and where, may differ.
        func statements(_ text: String) -> Set<String> {
            Set(text.components(separatedBy: "\n\n").filter { $0.contains("\n") })
        }
        #expect(try statements(btf.dumped(as: .c)) == statements(theirs))
    }

    @Test("a second type of a name is numbered, as a flavour")
    func conflicts() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let int = builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        let (same, field) = (builder.intern("same"), builder.intern("field"))
        let member = BTFType.Member(name: field, type: int, bitOffset: 0)
        builder.add(.composite(.init(isUnion: false, name: same, size: 4, members: [member])))
        builder.add(.composite(.init(isUnion: true, name: same, size: 4, members: [member])))
        builder.add(.typedef(name: same, int))
        let values = [BTFType.Enumerator(name: same, value: 1)]
        builder.add(.enumeration(.init(name: same, size: 4, isSigned: false, is64Bit: false, enumerators: values)))
        let btf = try builder.build()
        let text = try btf.dumped(as: .c)
        #expect(text.contains("struct same {"))
        #expect(text.contains("union same___2 {"))
        #expect(text.contains("typedef int same;"))
        #expect(text.contains("enum same___3 {\n\tsame___2 = 1,"))
        try compile(text, assertingLayoutsOf: btf)
    }

    @Test("names that are no identifiers cannot leave their place")
    func hostileNames() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let int = builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        let member = BTFType.Member(name: builder.intern("9 a; } evil; //"), type: int, bitOffset: 0)
        let name = builder.intern("x {};\n#include \"/etc/passwd\"\n")
        builder.add(.composite(.init(isUnion: false, name: name, size: 4, members: [member])))
        builder.add(.forward(name: .empty, isUnion: false))
        let btf = try builder.build()
        let text = try btf.dumped(as: .c)
        #expect(!text.contains("#include"))
        let directory = try TemporaryDirectory()
        let path = try directory.write(text, to: "types.c")
        try Tool.run("gcc", ["-w", "-c", path, "-o", directory.path("types.o")])
    }

    @Test("bitfields of INTs with fewer bits, as old compilers wrote them, are bitfields")
    func oldBitfields() throws {
        var builder = BTFBuilder(byteOrder: .host)
        let name = builder.intern("int")
        let int = builder.add(.int(.init(name: name, size: 4, encoding: .signed, bits: 32)))
        let narrow = builder.add(.int(.init(name: name, size: 4, encoding: .signed, bitOffset: 3, bits: 5)))
        let members = [
            BTFType.Member(name: builder.intern("a"), type: narrow, bitOffset: 0),
            BTFType.Member(name: builder.intern("b"), type: int, bitOffset: 32),
        ]
        builder.add(.composite(.init(isUnion: false, name: builder.intern("old"), size: 8, members: members)))
        #expect(try builder.build().dumped(as: .c).contains("struct old {\n\tchar: 3;\n\tint a: 5;\n\tint b;\n};"))
    }
}
