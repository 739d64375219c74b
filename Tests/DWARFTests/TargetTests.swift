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
        var objects: [String] = []
        for source in ["shapes.c", "other.c"] {
            let object = directory.path(source + ".o")
            let options = ["--target=\(target)", "-w", "-O2", "-fno-pie", "-ffreestanding", version]
            try Tool.run("clang-16", options + ["-c", source, "-o", object], in: Workshop.fixtures)
            objects.append(object)
        }
        let linked = directory.path("linked")
        try Tool.run("ld.lld", ["-T", "kernel.ld", "-o", linked] + objects, in: Workshop.fixtures)
        let isBigEndian = target.hasPrefix("s390x") || target.hasPrefix("mips")
        #expect((try ELFFile(path: linked).header.byteOrder == .big) == isBigEndian)
        let ours = try Workshop.convert(linked)
        let theirs = try Workshop.pahole(linked, in: directory)
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
    }
}
