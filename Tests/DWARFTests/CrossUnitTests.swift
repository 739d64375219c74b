import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// Units that refer to each other say the same as units that do not.
@Suite struct CrossUnitTests {
    @Test(
        "dwz moves types to partial units, and changes nothing of what is said",
        .enabled(if: Tool.path(of: "dwz") != nil, "dwz is not installed"),
        arguments: ["-gdwarf-3", "-gdwarf-4", "-gdwarf-5"]
    )
    func partialUnits(version: String) throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: Toolchain(compiler: "gcc", options: [version]), in: directory)
        let shrunk = directory.path("shrunk")
        try Tool.run("dwz", ["-L", "none", "-l", "none", "-o", shrunk, linked])
        let (btf, report) = try DWARFConverter().convert(try ELFFile(path: shrunk))
        // pahole is no oracle here: it skips partial units, and says so. The file before dwz is.
        #expect(report.unitsRead > 2)
        #expect(report.unitsOfOtherKinds == 0)
        let plain = try Workshop.convert(linked)
        #expect(btf.lines.symmetricDifference(plain.lines) == [])
        #expect(btf.serialized() == plain.serialized())
        #expect(try Workshop.convert(shrunk, .init(threads: 4)).serialized() == plain.serialized())
    }

    @Test(
        "Instances of a function that dwz has moved elsewhere are instances of it",
        .enabled(if: Tool.path(of: "dwz") != nil, "dwz is not installed"),
        arguments: ["-gdwarf-3", "-gdwarf-4", "-gdwarf-5"]
    )
    func movedFunctions(version: String) throws {
        let directory = try TemporaryDirectory()
        // gcc takes 'unused' out, and lists what is left in another order: the instances give the functions away.
        let shared = """
            struct held { int weight; long places[4]; struct held *next; };
            static __attribute__((noinline)) long moved(int unused, struct held *h) { return h->places[h->weight]; }
            static __attribute__((noinline)) long other(struct held *h, int unused) { return h->places[2]; }

            """
        let uses = [
            "long first(struct held *h) { return moved(1, h) + other(h, 2); }",
            "long second(struct held *h) { return moved(3, h) + other(h->next, 4); }",
        ]
        _ = try directory.write(shared, to: "shared.h")
        let objects = try uses.enumerated().map { index, use in
            let source = try directory.write("#include \"shared.h\"\n\(use)\n", to: "\(index).c")
            let object = directory.path("\(index).o")
            try Tool.run("gcc", [version, "-w", "-O2", "-fno-pie", "-ffreestanding", "-c", source, "-o", object])
            return object
        }
        let linked = directory.path("linked")
        try Tool.run("ld", ["-T", "kernel.ld", "-o", linked] + objects, in: Workshop.fixtures)
        let (plain, report) = try DWARFConverter().convert(try ELFFile(path: linked))
        #expect(report.inconsistentFunctions + report.misplacedFunctions > 0)

        let shrunk = directory.path("shrunk")
        try Tool.run("dwz", ["-L", "none", "-l", "none", "-o", shrunk, linked])
        let pair = [directory.path("a"), directory.path("b")]
        for path in pair { try FileManager.default.copyItem(atPath: linked, toPath: path) }
        try Tool.run("dwz", ["-L", "none", "-l", "none", "-m", directory.path("common"), "-M", "common"] + pair)
        for (path, form) in [(shrunk, "DW_FORM_ref_addr"), (pair[0], "DW_FORM_GNU_ref_alt")] {
            let abbreviations = try Tool.run("readelf", ["--debug-dump=abbrev", path]).text
            #expect(abbreviations.contains(try Regex("DW_AT_abstract_origin +\(form)")))
            let btf = try Workshop.convert(path)
            #expect(btf.lines.symmetricDifference(plain.lines) == [])
            #expect(btf.serialized() == plain.serialized())
        }
    }

    @Test("Type units, in .debug_types and in .debug_info", arguments: ["-gdwarf-4", "-gdwarf-5"])
    func typeUnits(version: String) throws {
        let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
        let options = [version, "-fdebug-types-section"]
        let linked = try Workshop.build(with: Toolchain(compiler: "gcc", options: options), in: first)
        let plain = try Workshop.build(with: Toolchain(compiler: "gcc", options: [version]), in: second)
        let (btf, report) = try DWARFConverter().convert(try ELFFile(path: linked))
        #expect(report.unitsRead > 20)
        // pahole 1.24 knows no type units of DWARF 5, so the same sources without them are the oracle.
        #expect(btf.lines.symmetricDifference(try Workshop.convert(plain).lines) == [])
        #expect(btf.serialized() == (try Workshop.convert(plain).serialized()))
    }

    @Test("Type units of an object file, each in a section of its own", arguments: ["-gdwarf-4", "-gdwarf-5"])
    func unlinkedTypeUnits(version: String) throws {
        let directory = try TemporaryDirectory()
        func convert(_ name: String, _ options: [String]) throws -> BTF {
            let object = directory.path(name)
            let common = ["-w", "-O2", "-ffreestanding", version, "-c", "shapes.c", "-o", object]
            try Tool.run("gcc", common + options, in: Workshop.fixtures)
            return try Workshop.convert(object)
        }
        let plain = try convert("plain.o", [])
        let apart = try convert("apart.o", ["-fdebug-types-section"])
        let elf = try ELFFile(path: directory.path("apart.o"))
        let sections = elf.debugSections(named: version == "-gdwarf-4" ? ".debug_types" : ".debug_info")
        #expect(sections.count > 10)
        #expect(apart.lines.symmetricDifference(plain.lines) == [])
        #expect(apart.serialized() == plain.serialized())
    }

    @Test("Link-time optimization by gcc refers from the units it makes to those it has read")
    func linkTimeOptimizationByGCC() throws {
        let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
        let linked = first.path("linked")
        try Tool.run(
            "gcc",
            ["-w", "-O2", "-fno-pie", "-no-pie", "-ffreestanding", "-gdwarf-5", "-flto", "-nostdlib", "-static"]
                + ["-Wl,-T,kernel.ld", "-o", linked, "shapes.c", "other.c"],
            in: Workshop.fixtures
        )
        let btf = try Workshop.convert(linked)
        // pahole stops at the variables, whose types are in other units ("has void type").
        let plain = try Workshop.convert(try Workshop.build(with: .usual, in: second))
        // The linker has the per-CPU variables in another order, and has inlined some functions.
        func types(_ btf: BTF) -> Set<String> {
            btf.lines.filter { !$0.hasPrefix("FUNC ") && !$0.hasPrefix("DATASEC") }
        }
        #expect(types(btf).symmetricDifference(types(plain)) == [])
        #expect(btf.lines.contains { $0.hasPrefix("DATASEC") })
    }

    @Test(
        "Link-time optimization by clang, against pahole",
        .enabled(if: Tool.path(of: "ld.lld") != nil, "ld.lld is not installed"),
        arguments: ["clang", "clang-16"].filter { Tool.path(of: $0) != nil }
    )
    func linkTimeOptimizationByClang(compiler: String) throws {
        let directory = try TemporaryDirectory()
        var objects: [String] = []
        for source in ["shapes.c", "other.c"] {
            let object = directory.path(source + ".o")
            let options = ["-w", "-O2", "-fno-pie", "-ffreestanding", "-gdwarf-5", "-flto", "-c", source, "-o", object]
            try Tool.run(compiler, options, in: Workshop.fixtures)
            objects.append(object)
        }
        let linked = directory.path("linked")
        try Tool.run(
            "ld.lld",
            ["--undefined-glob=*", "-T", "kernel.ld", "-o", linked] + objects,
            in: Workshop.fixtures
        )
        let ours = try Workshop.convert(linked)
        let theirs = try Workshop.pahole(linked, in: directory)
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
    }
}
