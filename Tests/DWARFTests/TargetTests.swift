import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// Other machines: both byte orders and both sizes of addresses, with clang as a cross compiler.
@Suite struct TargetTests {
    private static let canLink = Tool.path(of: "clang-16") != nil && Tool.path(of: "ld.lld") != nil

    @Test(
        "The BTF says what pahole's says, whatever the machine",
        .enabled(if: canLink, "clang-16 or ld.lld is not installed"),
        arguments: [
            "s390x-linux-gnu", "mips64-linux-gnu", "powerpc64le-linux-gnu", "aarch64-linux-gnu",
            "armv7-linux-gnueabihf", "mips-linux-gnu",
        ],
        ["-gdwarf-4", "-gdwarf-5"]
    )
    func saysWhatPaholeSays(target: String, version: String) throws {
        let directory = try TemporaryDirectory()
        let linked = try link(for: target, version, in: directory)
        let isBigEndian = target.hasPrefix("s390x") || target.hasPrefix("mips")
        #expect((try ELFFile(path: linked).header.byteOrder == .big) == isBigEndian)
        let ours = try Workshop.convert(linked)
        let theirs = try Workshop.pahole(linked, in: directory)
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
    }

    @Test(
        "A module's split BTF says what pahole's says: its relocations are applied right",
        .enabled(if: canLink, "clang-16 or ld.lld is not installed"),
        arguments: [
            "s390x-linux-gnu", "powerpc64le-linux-gnu", "aarch64-linux-gnu", "armv7-linux-gnueabihf", "i386-linux-gnu",
            "riscv64-linux-gnu",
        ],
        ["-gdwarf-4", "-gdwarf-5"]
    )
    func modules(target: String, version: String) throws {
        let directory = try TemporaryDirectory()
        let base = try Workshop.convert(try link(for: target, version, in: directory))
        let objects = try compile(["module.c", "part.c"], for: target, version, in: directory)
        let module = directory.path("module.ko")
        try Tool.run("ld.lld", ["-r", "-o", module] + objects)
        let elf = try ELFFile(path: module)
        #expect(elf.sections.contains { $0.name.hasPrefix(".rel") && $0.name.hasSuffix(".debug_info") })
        let (ours, report) = try DWARFConverter().convert(elf, base: PreparedBase(base))
        let theirs = try Workshop.pahole(module, over: base, in: directory)
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
        #expect(report.sharedTypes > 10)
        #expect(report.variables == 2)
    }

    /// Compiles sources for a machine.
    private func compile(
        _ sources: [String],
        for target: String,
        _ version: String,
        in directory: TemporaryDirectory
    ) throws -> [String] {
        try sources.map { source in
            let object = directory.path(source + ".o")
            let options = ["--target=\(target)", "-w", "-O2", "-fno-pie", "-ffreestanding", version]
            try Tool.run("clang-16", options + ["-c", source, "-o", object], in: Workshop.fixtures)
            return object
        }
    }

    /// Makes a kernel for a machine.
    private func link(for target: String, _ version: String, in directory: TemporaryDirectory) throws -> String {
        let objects = try compile(["shapes.c", "other.c"], for: target, version, in: directory)
        let linked = directory.path("linked")
        try Tool.run("ld.lld", ["-T", "kernel.ld", "-o", linked] + objects, in: Workshop.fixtures)
        return linked
    }
}
