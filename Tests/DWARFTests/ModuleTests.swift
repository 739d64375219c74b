import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// Relocatable modules, and their BTF split over the kernel's.
@Suite struct ModuleTests {
    private static let toolchains = Toolchain.all + Toolchain.rare

    /// A kernel's BTF and a module of it, made by one compiler.
    private func make(
        with toolchain: Toolchain = .usual,
        in directory: TemporaryDirectory
    ) throws -> (base: BTF, module: String) {
        let base = try Workshop.convert(try Workshop.build(with: toolchain, in: directory))
        return (base, try Workshop.module(with: toolchain, in: directory))
    }

    private func convert(_ path: String, over base: BTF, threads: Int = 1) throws -> (BTF, ConversionReport) {
        let converter = DWARFConverter(options: .init(threads: threads))
        let (btf, report) = try converter.convert(try ELFFile(path: path), base: PreparedBase(base))
        return (btf, report)
    }

    @Test("Split BTF says what pahole's says", arguments: toolchains)
    func saysWhatPaholeSays(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let (base, module) = try make(with: toolchain, in: directory)
        let (ours, report) = try convert(module, over: base)
        let theirs = try Workshop.pahole(module, over: base, in: directory)
        #expect(ours.lines.subtracting(theirs.lines) == [])
        #expect(theirs.lines.subtracting(ours.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
        #expect(ours.firstID == base.endID)
        #expect(report.sharedTypes > 10)
        #expect(report.variables == 2)
    }

    @Test("A relocatable file stands alone without a base", arguments: toolchains)
    func standsAlone(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let module = try Workshop.module(with: toolchain, in: directory)
        let ours = try Workshop.convert(module)
        let theirs = try Workshop.pahole(module, in: directory)
        #expect(ours.lines == theirs.lines)
        #expect(ours.serialized() == theirs.serialized())
    }

    @Test("bpftool reads it over the base, and the types are the module's own")
    func bpftoolReads() throws {
        let directory = try TemporaryDirectory()
        let (base, module) = try make(in: directory)
        let (btf, _) = try convert(module, over: base)
        let (file, baseFile) = (directory.path("module.btf"), directory.path("base.btf"))
        try Data(btf.serialized()).write(to: URL(fileURLWithPath: file))
        try Data(base.serialized()).write(to: URL(fileURLWithPath: baseFile))
        let dump = try Tool.run("bpftool", ["-B", baseFile, "btf", "dump", "file", file]).text
        #expect(dump.contains("STRUCT 'own'"))
        #expect(dump.contains("FUNC 'elsewhere_sum'"))
        #expect(!dump.contains("STRUCT 'list_head'"))
        let entry = try #require(btf.ids.first { btf.name(of: $0) == "entry" })
        let list = try #require(btf.members(of: entry).first)
        #expect(list.type < base.endID)
        #expect(btf.name(of: list.type) == "list_head")
    }

    @Test("The same bytes with one thread and with two, and with the module's parts in another order")
    func isDeterministic() throws {
        let directory = try TemporaryDirectory()
        let (base, module) = try make(in: directory)
        let bytes = try convert(module, over: base).0.serialized()
        #expect(try convert(module, over: base, threads: 2).0.serialized() == bytes)
        let turned = try Workshop.module(["part.c", "module.c"], with: .usual, in: directory)
        let other = try convert(turned, over: base).0
        func types(_ btf: BTF) -> Set<String> { btf.lines.filter { !$0.hasPrefix("DATASEC") } }
        #expect(types(other) == types(try BTF(parsing: bytes, base: base)))
    }

    @Test("What the kernel only declares, the module may define: the kernel's own types stay the kernel's")
    func definesWhatTheBaseDeclares() throws {
        let directory = try TemporaryDirectory()
        func compile(_ source: String, _ name: String) throws -> ELFFile {
            let file = try directory.write(source, to: name + ".c")
            let object = directory.path(name + ".o")
            try Tool.run("gcc", ["-w", "-g", "-O2", "-c", file, "-o", object])
            return try ELFFile(path: object)
        }
        let shared = "struct late; struct net { struct late *late; int id; };\n"
        let base = try DWARFConverter().convert(compile(shared + "struct net *net;", "kernel")).btf
        let source = shared + "struct late { struct net net; }; struct late late; struct net *net;"
        let (btf, report) = try DWARFConverter().convert(compile(source, "module"), base: PreparedBase(base))
        #expect(btf.ids.map { btf.name(of: $0) } == ["", "late"])
        #expect(btf.ids.map { btf.kind(of: $0) } == [.pointer, .structure])
        #expect(report.sharedTypes == 3)
    }

    @Test("A type that differs from the kernel's takes along all that lead to it")
    func keepsWhatDiffers() throws {
        let directory = try TemporaryDirectory()
        func compile(_ member: String, _ name: String) throws -> ELFFile {
            let source = """
                struct inner { \(member) };
                struct middle { struct inner *inner; };
                struct outer { struct middle middle; struct outer *next; };
                struct apart { char text[4]; };
                struct outer outer; struct apart apart;
                """
            let file = try directory.write(source, to: name + ".c")
            let object = directory.path(name + ".o")
            try Tool.run("gcc", ["-w", "-g", "-O2", "-c", file, "-o", object])
            return try ELFFile(path: object)
        }
        let base = try PreparedBase(DWARFConverter().convert(compile("int one;", "kernel")).btf)
        let same = try DWARFConverter().convert(compile("int one;", "same"), base: base)
        #expect(same.btf.typeCount == 0)
        let other = try DWARFConverter().convert(compile("int two;", "other"), base: base).btf
        let names = Set(other.ids.map { other.name(of: $0) })
        #expect(names == ["inner", "middle", "outer", ""])
    }

    @Test("A module that shares nothing with the base is converted, and the report says so")
    func sharesNothing() throws {
        let directory = try TemporaryDirectory()
        let module = try Workshop.module(with: .usual, in: directory)
        var builder = BTFBuilder(byteOrder: .littleEndian)
        builder.add(.float(name: builder.intern("unlike"), size: 8))
        let base = try builder.build()
        let (btf, report) = try convert(module, over: base)
        #expect(report.sharedTypes == 0)
        #expect(btf.typeCount > 20)
        let own = try Workshop.convert(module)
        #expect(btf.typeCount == own.typeCount)
    }

    @Test("A module without DWARF, and a base of the other byte order, are told")
    func refuses() throws {
        let directory = try TemporaryDirectory()
        let (base, module) = try make(in: directory)
        let foreign = try BTFBuilder(byteOrder: .bigEndian).build()
        let order = #expect(throws: DWARFError.self) { try convert(module, over: foreign) }
        #expect(order?.code == .unsupported)
        try Tool.run("strip", ["-g", module])
        let error = #expect(throws: DWARFError.self) { try convert(module, over: base) }
        #expect(error?.code == .noDebugInfo)
    }
}

/// Relocations that no linker writes.
@Suite struct HostileRelocationTests {
    /// A module's bytes, and where the relocations of its .debug_info are.
    private func module(in directory: TemporaryDirectory) throws -> (bytes: [UInt8], table: Range<Int>) {
        let path = try Workshop.module(with: .usual, in: directory)
        let elf = try ELFFile(path: path)
        let table = try #require(elf.section(named: ".rela.debug_info"))
        return (elf.file.whole.bytes, Int(table.offset)..<Int(table.offset + table.size))
    }

    @Test(
        "A place, a type and a symbol that do not exist are named",
        arguments: [(0, DWARFError.Code.badFile), (8, .unsupported), (12, .badFile)]
    )
    func damaged(field: Int, code: DWARFError.Code) throws {
        let directory = try TemporaryDirectory()
        var (bytes, table) = try module(in: directory)
        let at = table.lowerBound + 48 + field
        for index in 0..<4 { bytes[at + index] = 0x3f }
        let error = #expect(throws: DWARFError.self) {
            try DWARFConverter().convert(try ELFFile(bytes: bytes, name: "damaged"))
        }
        #expect(error?.code == code)
        #expect(error?.section == ".rela.debug_info")
        #expect(error?.offset == 48)
    }

    @Test("Relocations changed at random give an error or BTF")
    func mutated() throws {
        let directory = try TemporaryDirectory()
        let (original, table) = try module(in: directory)
        let base = try PreparedBase(Workshop.convert(try Workshop.build(with: .usual, in: directory)))
        var random = SplitMix(state: 11)
        var faults = 0
        for _ in 0..<1_000 {
            var bytes = original
            for _ in 0..<3 {
                bytes[table.lowerBound + Int(random.next() % UInt64(table.count))] = UInt8(
                    truncatingIfNeeded: random.next()
                )
            }
            do {
                let elf = try ELFFile(bytes: bytes, name: "damaged")
                let btf = try DWARFConverter().convert(elf, base: base).btf
                #expect(throws: Never.self) { try BTF(parsing: btf.serialized(), base: base.btf) }
            } catch let error as DWARFError {
                faults += 1
                #expect(error.section != nil || error.code == .notExpressible)
            }
        }
        #expect(faults > 100)
    }
}
