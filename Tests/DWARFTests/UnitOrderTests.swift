import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// The order of the units of a whole kernel leaves no trace.
@Suite(.enabled(if: RealKernel.isPresent, "there is no real kernel: run scripts/fetch-test-kernel"))
struct UnitOrderTests {
    /// The kernel with the units of its .debug_info in another order: references within units stay what they are.
    private func permuted(_ elf: ELFFile, _ order: ([Range<Int>]) -> [Range<Int>]) throws -> ELFFile {
        let section = try #require(elf.section(named: ".debug_info"))
        let units = try elf.contents(of: section).withBytes { bytes in
            var units: [Range<Int>] = []
            var at = 0
            while at < bytes.count {
                let length = Int(bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self).littleEndian)
                try #require(length < 0xffff_fff0)
                units.append(at..<at + 4 + length)
                at += 4 + length
            }
            return units
        }
        #expect(units.count > 1_000)
        let file = try MappedFile(name: "permuted", count: elf.file.count) { target in
            elf.file.withBytes { target.copyMemory(from: $0) }
            elf.file.withBytes { source in
                let start = Int(section.offset)
                var at = start
                for unit in order(units) {
                    let place = start + unit.lowerBound..<start + unit.upperBound
                    UnsafeMutableRawBufferPointer(rebasing: target[at..<at + unit.count])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[place]))
                    at += unit.count
                }
            }
        }
        return try ELFFile(file: file)
    }

    @Test("The same bytes when the units are shuffled, and when they stand in reverse")
    func shuffled() throws {
        let elf = try ELFFile(path: RealKernel.vmlinux)
        let converter = DWARFConverter(options: .init(threads: 2))
        let expected = try converter.convert(elf)
        var generator = SeededGenerator(seed: 2026)
        let shuffled = try converter.convert(permuted(elf) { $0.shuffled(using: &generator) })
        #expect(shuffled.btf.serialized() == expected.btf.serialized())
        #expect(shuffled.report == expected.report)
        let reversed = try DWARFConverter(options: .init(threads: 8)).convert(permuted(elf) { $0.reversed() })
        #expect(reversed.btf.serialized() == expected.btf.serialized())
    }
}
