import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// The converter against pahole, on every shape of type that C compilers make.
@Suite struct AgreementTests {
    @Test("The BTF says what pahole's says", arguments: Toolchain.all + Toolchain.rare)
    func saysWhatPaholeSays(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: toolchain, in: directory)
        let ours = try Workshop.convert(linked)
        let theirs = try Workshop.pahole(linked, in: directory)
        #expect(ours.lines.subtracting(theirs.lines) == [])
        #expect(theirs.lines.subtracting(ours.lines) == [])
        // The canonical form leaves no room: what says the same is the same bytes.
        #expect(ours.serialized() == theirs.serialized())
    }

    // Without C's _Complex, at which pahole 1.24 stops ("not supported").
    @Test("The BTF of rarer types says what pahole's says", arguments: Toolchain.all + Toolchain.rare)
    func saysWhatPaholeSaysOfRareTypes(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(["odd.c", "other.c"], with: toolchain, in: directory)
        let ours = try Workshop.convert(linked)
        let theirs = try Workshop.pahole(linked, in: directory)
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
    }

    @Test("Strict DWARF 2 does not say which enumerations have a sign; their values do")
    func strictDWARF2() throws {
        let directory = try TemporaryDirectory()
        let toolchain = Toolchain(compiler: "gcc", options: ["-gdwarf-2", "-gstrict-dwarf"])
        let linked = try Workshop.build(with: toolchain, in: directory)
        let ours = try Workshop.convert(linked).lines
        let theirs = try Workshop.pahole(linked, in: directory).lines
        // pahole takes every ENUM64 without an underlying type for unsigned, also where a value is negative.
        let different = ours.symmetricDifference(theirs)
        #expect(different.count == 2)
        #expect(different.allSatisfy { $0.hasPrefix("ENUM64 wide_negative ") || $0.contains("wide_negative size 8") })
        #expect(ours.contains { $0.contains("wide_negative") && $0.contains("signed true") })
    }

    @Test("Units of Rust are left out and counted", .enabled(if: Tool.path(of: "rustc") != nil, "there is no rustc"))
    func rust() throws {
        let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
        let plain = try Workshop.build(with: .usual, in: first)
        let source = try second.write(
            "#![no_std]\npub struct OfRust { pub a: u32 }\n#[no_mangle] pub fn rusty(r: &OfRust) -> u32 { r.a }\n",
            to: "rusty.rs"
        )
        let object = second.path("rusty.o")
        let options = ["--crate-type=lib", "--emit=obj", "-g", "-C", "panic=abort", "-C", "relocation-model=static"]
        try Tool.run("rustc", options + ["-o", object, source])
        let linked = second.path("linked")
        let objects = ["shapes.c.o", "other.c.o"].map(first.path) + [object]
        try Tool.run("ld", ["-T", "kernel.ld", "-o", linked] + objects, in: Workshop.fixtures)
        let (btf, report) = try DWARFConverter().convert(try ELFFile(path: linked))
        #expect(report.unitsOfRust == 1)
        #expect(report.unitsRead == 2)
        #expect(btf.serialized() == (try Workshop.convert(plain).serialized()))
    }

    @Test("bpftool reads every BTF that is written", arguments: Toolchain.all)
    func bpftoolReads(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let btf = try Workshop.convert(try Workshop.build(with: toolchain, in: directory))
        let path = directory.path("ours.btf")
        try Data(btf.serialized()).write(to: URL(fileURLWithPath: path))
        let dump = try Tool.run("bpftool", ["btf", "dump", "file", path]).text
        #expect(dump.contains("DATASEC '.data..percpu'"))
        #expect(dump.contains("ENUM64 'wide' encoding=UNSIGNED size=8"))
        #expect(dump.contains("'WIDE' val=78187493520"))
    }

    @Test("A name with two definitions keeps both, and so do the types that lead to them")
    func conflicts() throws {
        let directory = try TemporaryDirectory()
        let btf = try Workshop.convert(try Workshop.build(with: .usual, in: directory))
        let trees = btf.ids.filter { btf.kind(of: $0) == .structure && btf.name(of: $0) == "tree" }
        #expect(trees.count == 2)
        // `struct forest` leads to the one of other.c, `struct hidden` is complete there and is declared in shapes.c.
        let hidden = btf.ids.filter { btf.name(of: $0) == "hidden" }
        #expect(hidden.map { btf.kind(of: $0) } == [.structure])
        let undefined = btf.ids.filter { btf.kind(of: $0) == .forward }.map { btf.name(of: $0) }
        #expect(Set(undefined) == ["never_defined", "never_a_union"])
    }

    @Test("Kinds that old consumers do not know are left out on demand")
    func features() throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: .usual, in: directory)
        let btf = try Workshop.convert(linked, .init(features: []))
        let kinds = Set(btf.ids.map { btf.kind(of: $0) })
        #expect(!kinds.contains(.float))
        #expect(!kinds.contains(.enumeration64))
        let double = btf.ids.first { btf.name(of: $0) == "double" }
        #expect(double.map { btf.kind(of: $0) } == .int)
    }

    @Test("The report counts what was read")
    func report() throws {
        let directory = try TemporaryDirectory()
        let elf = try ELFFile(path: try Workshop.build(with: .usual, in: directory))
        let (btf, report) = try DWARFConverter().convert(elf)
        #expect(report.unitsRead == 2)
        #expect(report.variables == 3)
        #expect(report.conflictedNames == 1)
        #expect(report.functions == btf.ids.count { btf.kind(of: $0) == .function })
        #expect(report.description.contains("2 units read"))
    }
}
