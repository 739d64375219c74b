import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// The fixtures that other tests hold against pahole are written in the ways that they are meant to be written in:
/// readelf says so.
@Suite struct FixtureFormTests {
    @Test(
        "Each way of writing occurs",
        arguments: [
            (["gcc", "-gdwarf-2", "-gstrict-dwarf"], ["DW_AT_bit_offset", "DW_FORM_block1", "DW_FORM_string"]),
            (["gcc", "-gdwarf-3"], ["DW_AT_bit_offset", "DW_FORM_data1"]),
            (["gcc", "-gdwarf-4"], ["DW_FORM_exprloc", "DW_FORM_flag_present", "DW_AT_bit_offset"]),
            (["gcc", "-gdwarf-5"], ["DW_FORM_implicit_const", "DW_AT_data_bit_offset", "DW_FORM_line_strp"]),
            (["clang", "-gdwarf-5"], ["DW_FORM_strx1", "DW_FORM_addrx", "DW_AT_str_offsets_base", "DW_AT_addr_base"]),
            (["clang", "-gdwarf-4"], ["DW_FORM_strp", "DW_FORM_exprloc"]),
        ]
    )
    func occurs(toolchain: [String], words: [String]) throws {
        let directory = try TemporaryDirectory()
        let options = Array(toolchain.dropFirst())
        let linked = try Workshop.build(with: Toolchain(compiler: toolchain[0], options: options), in: directory)
        let dump = try Tool.run("readelf", ["--debug-dump=abbrev", linked]).text
        for word in words { #expect(dump.contains(word), "\(word)") }
    }

    @Test("DWARF of 64 bits, and addresses of 4 bytes")
    func sizes() throws {
        func headers(_ options: [String]) throws -> String {
            let directory = try TemporaryDirectory()
            let linked = try Workshop.build(with: Toolchain(compiler: "gcc", options: options), in: directory)
            return try Tool.run("readelf", ["--debug-dump=info", "--dwarf-depth=1", linked]).text
        }
        #expect(try headers(["-gdwarf-5", "-gdwarf64"]).contains("(64-bit)"))
        #expect(try headers(["-gdwarf-5", "-m32"]).contains("Pointer Size:  4"))
    }
}

/// Units that are not of C.
@Suite struct LanguageTests {
    /// Compiles C with clang so that its unit says it is of another language.
    private func object(_ language: String, _ name: String, in directory: TemporaryDirectory) throws -> String {
        let source = try directory.write(
            "struct of_\(name) { int a; }; int use_\(name)(struct of_\(name) *p) { return p->a; }\n",
            to: name + ".c"
        )
        let code = directory.path(name + ".ll")
        let options = ["-g", "-O1", "-fno-pie", "-ffreestanding"]
        try Tool.run("clang-16", options + ["-S", "-emit-llvm", source, "-o", code])
        let text = try String(contentsOfFile: code, encoding: .utf8)
        let changed = text.replacingOccurrences(of: "language: DW_LANG_C11", with: "language: \(language)")
            .replacingOccurrences(of: "language: DW_LANG_C99", with: "language: \(language)")
        try #require(changed != text)
        try changed.write(toFile: code, atomically: true, encoding: .utf8)
        let object = directory.path(name + ".o")
        try Tool.run("clang-16", ["-c", code, "-o", object])
        return object
    }

    @Test(
        "Units of assembler, of Rust and of other languages are left out and counted",
        .enabled(if: Tool.path(of: "clang-16") != nil, "clang-16 is not installed")
    )
    func languages() throws {
        let directory = try TemporaryDirectory()
        let plain = try Workshop.convert(try Workshop.build(with: .usual, in: directory))
        let assembler = try directory.write(".globl stub\n.type stub, @function\nstub: ret\n", to: "stub.s")
        try Tool.run("gcc", ["-g", "-c", assembler, "-o", directory.path("stub.o")])
        let foreign = [
            directory.path("stub.o"), try object("DW_LANG_Rust", "rust", in: directory),
            try object("DW_LANG_C_plus_plus_14", "plus", in: directory),
            try object("DW_LANG_Go", "go", in: directory),
        ]
        let linked = directory.path("mixed")
        let own = ["shapes.c.o", "other.c.o"].map(directory.path)
        try Tool.run("ld", ["-T", "kernel.ld", "-o", linked] + own + foreign, in: Workshop.fixtures)
        let (btf, report) = try DWARFConverter().convert(try ELFFile(path: linked))
        #expect(report.unitsRead == 2)
        #expect(report.unitsOfAssembler == 1)
        #expect(report.unitsOfRust == 1)
        #expect(report.unitsOfOtherLanguages == 2)
        #expect(btf.lines.symmetricDifference(plain.lines) == [])
    }

    @Test(
        "Declarations without a name are no forward declarations, which must have one",
        arguments: [0x13, 0x17, 0x04]
    )
    func namelessDeclarations(tag: Int) throws {
        let directory = try TemporaryDirectory()
        // A pointer to a struct, union or enumeration that has neither name nor members, only DW_AT_declaration.
        let path = try HandmadeDWARF(
            abbreviations: [
                [1, 0x11, 1, 0x13, 0x0b, 0, 0], [2, UInt8(tag), 0, 0x3c, 0x19, 0, 0], [3, 0x0f, 0, 0x49, 0x13, 0, 0],
                [0],
            ],
            entries: [[1, 0x1d], [2], [3, UInt8(HandmadeDWARF.start) + 2, 0, 0, 0], [0]]
        ).assemble(in: directory)
        let btf = try Workshop.convert(path)
        #expect(btf.verify().isEmpty)
        #expect(!btf.ids.contains { btf.kind(of: $0) == .forward })
        let file = directory.path("ours.btf")
        try Data(btf.serialized()).write(to: URL(fileURLWithPath: file))
        let dump = try Tool.run("bpftool", ["btf", "dump", "file", file]).text
        #expect(dump.contains("] PTR '(anon)' type_id=") && !dump.contains("] FWD "))
    }
}
