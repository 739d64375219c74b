import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// Files whose common parts `dwz -m` has moved to a supplementary file. pahole is no oracle here, since it skips partial
/// units and says so; the same file before dwz is.
@Suite(.enabled(if: Tool.path(of: "dwz") != nil, "dwz is not installed"))
struct SupplementaryFileTests {
    /// Two kernels that are alike, what they were before dwz, and what they have in common.
    private struct Pair {
        let directory: TemporaryDirectory
        let plain: BTF
        var path: String { directory.path("linked") }
        var common: String { directory.path("common") }

        init(_ options: [String], dwz: [String] = []) throws {
            directory = try TemporaryDirectory()
            let toolchain = Toolchain(compiler: "gcc", options: options)
            let linked = try Workshop.build(with: toolchain, in: directory)
            plain = try Workshop.convert(linked)
            let other = directory.path("other")
            try FileManager.default.copyItem(atPath: linked, toPath: other)
            let place = ["-m", directory.path("common"), "-M", "common"]
            try Tool.run("dwz", ["-L", "none", "-l", "none"] + place + dwz + [linked, other])
        }
    }

    @Test(
        "What is in the supplementary file is read from it",
        arguments: [["-gdwarf-3"], ["-gdwarf-4"], ["-gdwarf-5"], ["-gdwarf-4", "-m32"]]
    )
    func converts(options: [String]) throws {
        let pair = try Pair(options)
        let abbreviations = try Tool.run("readelf", ["--debug-dump=abbrev", pair.path]).text
        #expect(abbreviations.contains("DW_FORM_GNU_ref_alt"))
        #expect(abbreviations.contains("DW_FORM_GNU_strp_alt"))
        let ours = try Workshop.convert(pair.path)
        #expect(ours.lines.symmetricDifference(pair.plain.lines) == [])
        #expect(ours.serialized() == pair.plain.serialized())
        #expect(try Workshop.convert(pair.path, .init(threads: 4)).serialized() == pair.plain.serialized())
    }

    @Test("DWARF 5's own section and forms")
    func standard() throws {
        let pair = try Pair(["-gdwarf-5"], dwz: ["--dwarf-5"])
        #expect(try ELFFile(path: pair.path).section(named: ".debug_sup") != nil)
        #expect(try Workshop.convert(pair.path).serialized() == pair.plain.serialized())
    }

    @Test("The file may be elsewhere, but it must be the one that is meant")
    func places() throws {
        let pair = try Pair(["-gdwarf-5"])
        let elsewhere = pair.directory.path("elsewhere")
        try FileManager.default.moveItem(atPath: pair.common, toPath: elsewhere)
        let found = try Workshop.convert(pair.path, .init(supplement: .path(elsewhere)))
        #expect(found.serialized() == pair.plain.serialized())
        let absent = #expect(throws: DWARFError.self) { try Workshop.convert(pair.path) }
        #expect(absent?.code == .unsupported)
        #expect(absent?.section == ".debug_info")
        #expect(absent?.reason.contains("the supplementary file 'common' is not there") == true)
        let other = pair.directory.path("shapes.c.o")
        let wrong = #expect(throws: DWARFError.self) {
            try Workshop.convert(pair.path, .init(supplement: .path(other)))
        }
        #expect(wrong?.reason.contains("is another one than the supplementary file that is meant") == true)
    }

    @Test("Bytes of the supplementary file changed at random give an error that names it, or BTF")
    func mutated() throws {
        let pair = try Pair(["-gdwarf-4"])
        let elf = try ELFFile(path: pair.common)
        let original = elf.file.whole.bytes
        let ranges = elf.sections.filter { [".debug_info", ".debug_abbrev", ".debug_str"].contains($0.name) }
            .map { Int($0.offset)..<Int($0.offset + $0.size) }
        #expect(ranges.count == 3)
        var random = SplitMix(state: 3)
        var faults = 0
        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<2 {
                let range = ranges[Int(random.next() % UInt64(ranges.count))]
                bytes[range.lowerBound + Int(random.next() % UInt64(range.count))] = UInt8(
                    truncatingIfNeeded: random.next()
                )
            }
            try Data(bytes).write(to: URL(fileURLWithPath: pair.common))
            do {
                #expect(try Workshop.convert(pair.path).verify().isEmpty)
            } catch let error as DWARFError {
                faults += 1
                #expect(error.section == nil || error.section?.hasPrefix(".debug_") == true)
            }
        }
        #expect(faults > 50)
    }
}
