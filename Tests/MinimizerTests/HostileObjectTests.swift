import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Objects made to break their reader: each ends in an error that names the place, and none in a trap.
@Suite("Hostile objects")
struct HostileObjectTests {
    /// A sound object, and where its `.BTF.ext` lies.
    private struct Victim {
        var bytes: [UInt8]
        let range: Range<Int>

        init() throws {
            let directory = try TemporaryDirectory()
            bytes = try Workshop.bytes(Workshop.compile("fields", in: directory))
            range = try ELFSections.range(of: ".BTF.ext", in: bytes)
        }

        func word(_ offset: Int) -> Int {
            bytes[range.lowerBound + offset..<range.lowerBound + offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        }

        /// Where the list with a field of the header starts, in bytes from the section's start.
        func list(_ field: Int) -> Int { word(4) + word(field) }

        mutating func set(_ offset: Int, to value: UInt32) {
            for index in 0..<4 {
                bytes[range.lowerBound + offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
            }
        }

        func fault() -> BPFObjectError? {
            do throws(BPFObjectError) {
                _ = try BPFObject(bytes: bytes, name: "victim.o")
                return nil
            } catch { return error }
        }
    }

    @Test("a field of the header or of a record that cannot be is named with its offset")
    func fields() throws {
        let sound = try Victim()
        #expect(sound.fault() == nil)
        let relocations = sound.list(24)
        let record = relocations + 12
        let cases: [(offset: Int, value: UInt32, reported: Int, reason: String)] = [
            (0, 0x0100_0000, 0, "magic"),
            (4, 8, 4, "header of 8 bytes"),
            (4, .max, 4, "header"),
            (8, .max, 8, "func_info ends"),
            (12, .max, 8, "func_info ends"),
            (20, 0x7fff_fff0, 16, "line_info ends"),
            (28, .max, 24, "core_relo ends"),
            (relocations, 0, relocations, "records of 0 bytes"),
            (relocations, 12, relocations, "records of 12 bytes"),
            (relocations, 18, relocations, "records of 18 bytes"),
            (relocations + 4, .max, relocations + 4, "string offset"),
            (relocations + 8, .max, relocations + 8, "records"),
            (relocations + 8, 0x1000_0001, relocations + 8, "records"),
            (record + 4, .max, record + 4, "type id"),
            (record + 8, 0x00ff_ffff, record + 8, "string offset"),
            (record + 12, 13, record + 12, "relocation kind 13"),
            (record + 12, 10, record + 8, "no enumeration"),
            (record + 12, 8, record + 8, "is not 0"),
            (record + 4, 0, record + 8, "size"),
        ]
        for (offset, value, reported, reason) in cases {
            var victim = sound
            victim.set(offset, to: value)
            let fault = try #require(victim.fault(), "word \(offset) = \(value)")
            #expect(fault.section == ".BTF.ext" && fault.offset == reported, "\(fault)")
            #expect(fault.reason.contains(reason), "\(fault)")
        }
    }

    @Test("longer headers and records are read, as later versions make them")
    func longerRecords() throws {
        let sound = try Victim()
        let plain = try BPFObject(bytes: sound.bytes, name: "o").requests.requests
        let old = sound.bytes[sound.range]
        let directory = try TemporaryDirectory()
        // Each record of each list with four bytes more, and the header too.
        var grown: [UInt8] = []
        func word(_ at: Int) -> Int { sound.word(at) }
        func append(_ value: Int) { grown += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var header: [Int] = []
        for field in [8, 16, 24] {
            header.append(grown.count)
            var at = sound.list(field)
            let end = at + word(field + 4)
            let size = word(at)
            append(size + 4)
            at += 4
            while at < end {
                let count = word(at + 4)
                append(word(at))
                append(count)
                at += 8
                for _ in 0..<count {
                    grown += old[(old.startIndex + at)..<(old.startIndex + at + size)]
                    append(0x5a5a_5a5a)
                    at += size
                }
            }
            header.append(grown.count - header[header.count - 1])
        }
        let lists = grown
        grown = Array(old.prefix(4))
        append(40)
        for number in header { append(number) }
        append(0)
        append(0)
        let section = directory.path("ext")
        try Data(grown + lists).write(to: URL(fileURLWithPath: section))
        let (before, after) = (directory.path("before.o"), directory.path("after.o"))
        try Data(sound.bytes).write(to: URL(fileURLWithPath: before))
        let llvm = Tool.path(of: "llvm-objcopy-14") == nil ? "llvm-objcopy" : "llvm-objcopy-14"
        try Tool.run(
            llvm,
            ["--remove-section", ".rel.BTF.ext", "--update-section", ".BTF.ext=\(section)", before, after]
        )
        #expect(try BPFObject(path: after).requests.requests == plain)
    }

    @Test("every truncation of .BTF.ext")
    func truncations() throws {
        let sound = try Victim()
        let extent = sound.bytes[sound.range]
        // The section's size is a field of its header in the ELF file: find it by its offset and size.
        let offset = withUnsafeBytes(of: UInt64(sound.range.lowerBound).littleEndian) { Array($0) }
        let size = withUnsafeBytes(of: UInt64(extent.count).littleEndian) { Array($0) }
        let needle = offset + size
        let at = try #require((0..<(sound.bytes.count - 16)).last { Array(sound.bytes[$0..<$0 + 16]) == needle })
        for length in 0..<extent.count {
            var victim = sound
            let shorter = withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) }
            victim.bytes.replaceSubrange(at + 8..<at + 16, with: shorter)
            #expect(victim.fault()?.section == ".BTF.ext", "\(length) bytes")
        }
    }

    @Test(
        "thousands of random changes to .BTF and .BTF.ext end in a value or an error",
        arguments: [".BTF", ".BTF.ext"]
    )
    func mutations(section: String) throws {
        let directory = try TemporaryDirectory()
        let kernel = KernelTypes(vmlinux: try Workshop.types(Workshop.smallKernel(in: directory)))
        var generator = Generator(state: 42)
        var (solved, refused) = (0, 0)
        for program in ["fields", "types", "matches", "enumerators", "bitfields"] {
            let sound = try Workshop.bytes(Workshop.compile(program, in: directory))
            let range = try ELFSections.range(of: section, in: sound)
            for _ in 0..<1000 {
                var bytes = sound
                for _ in 0...Int.random(in: 0...3, using: &generator) {
                    bytes[Int.random(in: range, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                do throws(BPFObjectError) {
                    let object = try BPFObject(bytes: bytes, name: "mutant.o")
                    let minimizer = Minimizer(RelocationRequestLog(of: [object]))
                    if (try? minimizer.minimize(kernel)) != nil { solved += 1 }
                } catch {
                    refused += 1
                    #expect(error.section != nil)
                }
            }
        }
        #expect(solved > 100 && refused > 100, "solved \(solved), refused \(refused)")
    }

    @Test("an access string and a name of megabytes are refused", .timeLimit(.minutes(1)))
    func longStrings() throws {
        let directory = try TemporaryDirectory()
        let long = String(repeating: "x", count: 1 << 20)
        let source = """
            #include "core.h"
            struct \(long) { int member; } CORE;
            SEC("kprobe") int f(struct \(long) *p) { return p->member; }
            """
        let path = try Workshop.compile(source: source, in: directory)
        let error = #expect(throws: BPFObjectError.self) { try BPFObject(path: path) }
        #expect(error?.code == .badRelocation && error?.reason.contains("name is too long") == true)
        #expect((error?.description.count ?? .max) < 200)
    }

    @Test("types that lead to themselves, and kernels made to explode, end")
    func cycles() throws {
        let directory = try TemporaryDirectory()
        let object = try BPFObject(path: Workshop.compile("fields", in: directory))
        let solver = RelocationSolver(RelocationRequestLog(of: [object]))
        // A struct whose anonymous members fan out: 2⁴⁰ ways to the bottom, and no field anywhere.
        var builder = BTFBuilder(byteOrder: .littleEndian)
        let name = builder.intern("thing")
        for level in 0..<40 {
            let next = TypeID(UInt32(level + 2))
            let members = [0, 64].map { BTFType.Member(name: .empty, type: next, bitOffset: $0) }
            let composite = BTFType.Composite(
                isUnion: false,
                name: level == 0 ? name : .empty,
                size: 64,
                members: members
            )
            builder.add(.composite(composite))
        }
        builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        let exploding = solver.solve(on: KernelTypes(vmlinux: try builder.build()))
        #expect(exploding.records.contains { $0.outcome == .refused })

        // A struct that is its own anonymous member, and typedefs that name each other.
        var other = BTFBuilder(byteOrder: .littleEndian)
        let thing = other.intern("thing")
        let anonymous = BTFType.Member(name: .empty, type: TypeID(1), bitOffset: 0)
        other.add(.composite(.init(isUnion: false, name: thing, size: 8, members: [anonymous])))
        let point = other.intern("point_t")
        other.add(.typedef(name: point, TypeID(3)))
        other.add(.typedef(name: point, TypeID(2)))
        let types = try BPFObject(path: Workshop.compile("types", in: directory))
        let cyclic = try Minimizer(RelocationRequestLog(of: [object, types])).minimize(
            KernelTypes(vmlinux: other.build())
        )
        #expect(cyclic.log.records.contains { $0.outcome == .refused })
    }
}

/// A random number generator whose numbers are the same in every run (SplitMix64).
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
