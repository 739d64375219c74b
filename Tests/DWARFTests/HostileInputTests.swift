import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// Damaged input gives an error that names the place, or a BTF, and never anything else.
@Suite struct HostileInputTests {
    /// Converts bytes, and returns the BTF or what was thrown; anything but the two typed errors fails the test.
    private func attempt(_ bytes: [UInt8], threads: Int = 1) -> (btf: BTF?, fault: String?) {
        do {
            let elf = try ELFFile(bytes: bytes, name: "damaged")
            return (try DWARFConverter(options: .init(threads: threads)).convert(elf).btf, nil)
        } catch let error as DWARFError {
            return (nil, error.description)
        } catch let error as ELFError {
            return (nil, error.description)
        } catch {
            Issue.record("an error of another kind: \(error)")
            return (nil, nil)
        }
    }

    @Test("A file cut off anywhere")
    func truncated() throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: .usual, in: directory)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: linked)))
        for length in stride(from: 0, to: bytes.count, by: 97) {
            let result = attempt(Array(bytes[..<length]))
            #expect(result.btf == nil)
            #expect(result.fault?.hasPrefix("damaged") == true)
        }
    }

    @Test("Bytes of the debug sections changed at random", arguments: Toolchain.all)
    func mutated(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: toolchain, in: directory)
        let elf = try ELFFile(path: linked)
        let original = elf.file.whole.bytes
        let ranges = elf.sections.filter { $0.name.hasPrefix(".debug") && $0.size > 0 }
            .map { Int($0.offset)..<Int($0.offset + $0.size) }
        var random = SplitMix(state: 42)
        var faults = 0
        for round in 0..<1_500 {
            var bytes = original
            for _ in 0...(round % 4) {
                let range = ranges[Int(random.next() % UInt64(ranges.count))]
                let at = range.lowerBound + Int(random.next() % UInt64(range.count))
                bytes[at] = round % 3 == 0 ? 0xff : UInt8(truncatingIfNeeded: random.next())
            }
            let result = attempt(bytes, threads: round % 2 + 1)
            if let btf = result.btf {
                // Whatever came out can be read again.
                #expect(throws: Never.self) { try BTF(parsing: btf.serialized()) }
            } else {
                faults += 1
                #expect(result.fault?.contains("section") == true || result.fault?.contains("BTF") == true)
            }
        }
        #expect(faults > 100)
    }

    @Test("Bytes of the headers and tables changed at random")
    func mutatedELF() throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: .usual, in: directory)
        let elf = try ELFFile(path: linked)
        let original = elf.file.whole.bytes
        let tables = original.count - elf.sections.count * 64..<original.count
        var random = SplitMix(state: 7)
        for _ in 0..<1_000 {
            var bytes = original
            let range = random.next() % 4 == 0 ? 0..<64 : tables
            bytes[range.lowerBound + Int(random.next() % UInt64(range.count))] = UInt8(
                truncatingIfNeeded: random.next()
            )
            _ = attempt(bytes)
        }
    }

    @Test("No debug information is said to be none")
    func withoutDWARF() throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(with: .usual, in: directory)
        try Tool.run("strip", ["-g", linked])
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(linked) }
        #expect(error?.code == .noDebugInfo)
        #expect(error?.description == "\(linked): has no .debug_info section")
    }

    @Test("Types that refer to themselves, and chains without end", arguments: [1, 5_000])
    func chains(length: Int) throws {
        let directory = try TemporaryDirectory()
        let path = try HandmadeDWARF.consts(count: length, isCycle: length == 1).assemble(in: directory)
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(path) }
        #expect(error?.code == (length == 1 ? .malformed : .limitExceeded))
        #expect(error?.section == ".debug_info")
    }

    @Test("A chain of qualifiers that a program could have")
    func shortChain() throws {
        let directory = try TemporaryDirectory()
        let path = try HandmadeDWARF.consts(count: 100, isCycle: false).assemble(in: directory)
        #expect(try Workshop.convert(path).typeCount == 101)
    }

    @Test("Structs nested without end")
    func nesting() throws {
        let directory = try TemporaryDirectory()
        let path = try HandmadeDWARF.nestedStructs(count: 20_000).assemble(in: directory)
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(path) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("A form and a version that nobody knows")
    func unknownForm() throws {
        let directory = try TemporaryDirectory()
        let path = try HandmadeDWARF(abbreviations: [[1, 0x11, 0, 0x03, 0x7e, 0, 0], [0]], entries: [[1]])
            .assemble(in: directory)
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(path) }
        #expect(error?.code == .unsupported)
        #expect(error?.section == ".debug_abbrev")
        #expect(error?.reason.contains("0x7e") == true)
    }
}

/// A small generator of random numbers, the same in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
