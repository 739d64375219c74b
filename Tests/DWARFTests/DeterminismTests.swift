import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// The bytes are a function of what the units say.
@Suite struct DeterminismTests {
    @Test("The same bytes with 1, 2 and 8 threads", arguments: Toolchain.all)
    func threads(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: toolchain, in: directory)
        let one = try Workshop.convert(linked).serialized()
        for threads in [2, 8] { #expect(try Workshop.convert(linked, .init(threads: threads)).serialized() == one) }
    }

    @Test("The same bytes when the units stand in another order", arguments: Toolchain.all)
    func order(toolchain: Toolchain) throws {
        let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
        let one = try Workshop.build(["shapes.c", "other.c"], with: toolchain, in: first)
        let other = try Workshop.build(["other.c", "shapes.c"], with: toolchain, in: second)
        #expect(try Workshop.convert(one).serialized() == Workshop.convert(other).serialized())
    }

    @Test("The same bytes from compressed debug sections", arguments: ["-gz=zlib", "-gz=zlib-gnu", "-gz=zstd"])
    func compression(option: String) throws {
        let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
        let plain = try Workshop.build(with: .usual, in: first)
        let packed = second.path("packed")
        try Tool.run("objcopy", ["--compress-debug-sections=\(option.dropFirst(4))", plain, packed])
        #expect(try Workshop.convert(packed).serialized() == Workshop.convert(plain).serialized())
        let limited = DWARFConverter(options: .init(sectionSizeLimit: 100))
        #expect(throws: DWARFError.self) { try limited.convert(try ELFFile(path: packed)) }
    }
}
