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

    @Test("Structs that lie in each other are not read for ever")
    func overlapping() throws {
        let directory = try TemporaryDirectory()
        let few = try HandmadeDWARF.overlappingStructs(count: 30).assemble(in: directory)
        // They are read to their ends; members without a type are no BTF.
        #expect(#expect(throws: DWARFError.self) { try Workshop.convert(few) }?.code == .notExpressible)
        let many = try HandmadeDWARF.overlappingStructs(count: 1_400).assemble(in: directory)
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(many) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("A small table of abbreviations with large codes, a name without end")
    func sizes() throws {
        let directory = try TemporaryDirectory()
        let table = try HandmadeDWARF(abbreviations: [[0xff, 0xff, 0x0f, 0x11, 0, 0, 0], [0]], entries: [[1]])
            .assemble(in: directory)
        let code = #expect(throws: DWARFError.self) { try Workshop.convert(table) }
        #expect(code?.section == ".debug_abbrev")
        let name = [UInt8](repeating: 0x61, count: 5_000)
        let long = try HandmadeDWARF(
            abbreviations: [[1, 0x11, 1, 0x13, 0x0b, 0, 0], [2, 0x24, 0, 0x03, 0x08, 0x0b, 0x0b, 0, 0], [0]],
            entries: [[1, 0x1d], [2], name, [0, 4], [0]]
        ).assemble(in: directory)
        let length = #expect(throws: DWARFError.self) { try Workshop.convert(long) }
        #expect(length?.code == .limitExceeded)
        #expect(length?.reason.contains("5000 bytes") == true)
    }

    @Test("An entry that others refer to is not read for ever", arguments: [200, 300])
    func longEntry(attributes: Int) throws {
        let directory = try TemporaryDirectory()
        // A pointer to a base type with so many attributes and an annotation (DW_AT_GNU_annotation, 0x2139).
        let base = HandmadeDWARF.start + 2
        let annotation = base + 1 + attributes + 4 + 5
        func reference(_ target: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(target).littleEndian) { Array($0) } }
        let path = try HandmadeDWARF(
            abbreviations: [
                [1, 0x11, 1, 0x13, 0x0b, 0, 0],
                [2, 0x24, 0] + (0..<attributes).flatMap { _ in [UInt8(0x0b), 0x0f] } + [0xb9, 0x42, 0x13, 0, 0],
                [3, 0x0f, 0, 0x49, 0x13, 0, 0],
                [4, 0x81, 0xc0, 0x01, 0, 0x03, 0x08, 0x1c, 0x08, 0, 0],
                [0],
            ],
            entries: [
                [1, 0x1d], [2] + [UInt8](repeating: 4, count: attributes) + reference(annotation),
                [3] + reference(base), [4] + Array("btf_type_tag\0user\0".utf8), [0],
            ]
        ).assemble(in: directory)
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(path) }
        // A number without a name is no BTF, but it is read.
        #expect(error?.code == (attributes == 200 ? .notExpressible : .malformed))
    }

    @Test("What cannot be C is not written", arguments: [UInt8(0x20), 0x7f])
    func invalidNames(byte: UInt8) throws {
        let directory = try TemporaryDirectory()
        let path = try HandmadeDWARF(
            abbreviations: [[1, 0x11, 1, 0x13, 0x0b, 0, 0], [2, 0x16, 0, 0x03, 0x08, 0, 0], [0]],
            entries: [[1, 0x1d], [2, 0x61, byte, 0], [0]]
        ).assemble(in: directory)
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(path) }
        #expect(error?.code == .notExpressible)
        #expect(error?.reason.contains("cannot be a name") == true)
    }

    @Test("A compressed section that would be far too large", arguments: ["zlib", "zstd"])
    func bomb(method: String) throws {
        let directory = try TemporaryDirectory()
        let zeros = directory.path("zeros")
        try Data(count: 64 << 20).write(to: URL(fileURLWithPath: zeros))
        let packed = directory.path("packed")
        if method == "zstd" {
            try Tool.run("zstd", ["-q", "-19", zeros, "-o", packed])
        } else {
            let program = "import sys,zlib; sys.stdout.buffer.write(zlib.compress(open(sys.argv[1],'rb').read(), 9))"
            try Tool.run("python3", ["-c", program, zeros]).output.write(to: URL(fileURLWithPath: packed))
        }
        let source = """
            .section .debug_info,"0x800",@progbits
            .long \(method == "zlib" ? 1 : 2), 0
            .quad \(64 << 20), 1
            .incbin "\(packed)"

            """
        let object = directory.path("bomb.o")
        try Tool.run("as", ["-o", object, try directory.write(source, to: "bomb.s")])
        let error = #expect(throws: DWARFError.self) { try Workshop.convert(object) }
        // zlib cannot do more than 1,032 times; the zeros that come out are no units.
        let reason = method == "zstd" ? "which no debug information is" : "DWARF version 0"
        #expect(error?.reason.contains(reason) == true)
    }

    @Test("A file of 10 KB does not take a gigabyte")
    func memory() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 512 << 20, rlim_max: 512 << 20)
            precondition(setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0)
            let directory = try TemporaryDirectory()
            let unit: [UInt8] = [1, 0x1d, 0]
            let tables: [[UInt8]] = [[0xff, 0x1f, 0x13, 0, 0, 0], [1, 0x11, 1, 0x13, 0x0b, 0, 0]]
            let worst = [
                HandmadeDWARF.consts(count: 1_900, isCycle: false), .nestedStructs(count: 4_900),
                .overlappingStructs(count: 200), .overlappingStructs(count: 1_400),
                HandmadeDWARF(abbreviations: tables + [[0]], entries: [unit]),
            ]
            for input in worst {
                let path = try input.assemble(in: directory)
                do {
                    _ = try Workshop.convert(path)
                } catch let error as DWARFError {
                    precondition(!error.reason.contains("cannot be had"), error.description)
                }
            }
        }
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
