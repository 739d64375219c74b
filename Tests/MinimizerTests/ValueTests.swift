import BTF
import ELF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Values against what compilers know of the same types.
@Suite("Values")
struct ValueTests {
    @Test("a small kernel's values are those of a program that gcc makes of the same types")
    func native() throws {
        let directory = try TemporaryDirectory()
        let truth = try Truth(in: directory)
        let objects = try ["fields", "bitfields", "types", "enumerators"].map {
            try Workshop.compile($0, in: directory)
        }
        let kernel = try Workshop.types(Workshop.smallKernel(in: directory))
        let log = try Workshop.minimize(kernel, for: objects).log
        var compared: Set<String> = []
        for record in log.records where record.outcome == .resolved {
            guard let target = record.target, let expected = truth.values["\(record.kind.name) \(target.path)"] else {
                continue
            }
            #expect(record.value == expected, "\(record.kind.name) \(target.path)")
            compared.insert("\(record.kind.name) \(target.path)")
        }
        #expect(Set(truth.values.keys).subtracting(compared) == [], "the programs ask for all that is printed")
    }

    @Test("bitfields are read out of memory as gcc wrote them")
    func bitfields() throws {
        let directory = try TemporaryDirectory()
        let truth = try Truth(in: directory)
        let object = try Workshop.compile("bitfields", in: directory)
        let kernel = try Workshop.types(Workshop.smallKernel(in: directory))
        let log = try Workshop.minimize(kernel, for: [object]).log
        #expect(truth.bits.count >= 20)
        for (path, value, memory) in truth.bits {
            let read = try read(path, from: memory, log)
            #expect(read == value, "\(path)")
        }
    }

    /// Reads a field as `BPF_CORE_READ_BITFIELD` of libbpf does.
    private func read(_ path: String, from memory: [UInt8], _ log: RelocationLog) throws -> Int64 {
        func value(_ kind: RelocationKind) throws -> UInt64 {
            let record = log.records.first { $0.kind == kind && $0.target?.path == path }
            return try #require(record?.value, "\(kind.name) \(path)")
        }
        let offset = try Int(value(.fieldByteOffset))
        let size = try Int(value(.fieldByteSize))
        try #require([1, 2, 4, 8].contains(size) && offset % size == 0 && offset + size <= memory.count)
        var register: UInt64 = 0
        for index in (0..<size).reversed() { register = register << 8 | UInt64(memory[offset + index]) }
        register <<= try value(.fieldLeftShift)
        let shift = try value(.fieldRightShift)
        return try value(.fieldSigned) == 1
            ? Int64(bitPattern: register) >> shift : Int64(bitPattern: register >> shift)
    }

    @Test(
        "solved on its own types, an object gets the values that clang wrote into it",
        arguments: ["fields", "bitfields", "types", "enumerators", "functions"],
        ["bpfel", "bpfeb"]
    )
    func ownTypes(program: String, target: String) throws {
        let directory = try TemporaryDirectory()
        let path = try Workshop.compile(program, target: target, in: directory)
        let object = try BPFObject(path: path)
        #expect(object.types.byteOrder == (target == "bpfeb" ? .bigEndian : .littleEndian))
        let log = RelocationSolver(RelocationRequestLog(of: [object])).solve(on: KernelTypes(vmlinux: object.types))
        let code = try ProgramCode(path)
        #expect(!log.records.isEmpty)
        for record in log.records {
            // Two flavours of one type stand beside one another in the same object.
            #expect(record.outcome == .resolved || record.targets.count > 1)
            #expect(record.value == record.local.value || record.kind == .typeIDTarget || record.outcome == .ambiguous)
            // Nothing holds the compiler to the id of a target type. Where a bitfield is loaded from is the loader's choice; how far it is shifted follows from that.
            let isFree =
                program == "bitfields" && [.fieldByteOffset, .fieldByteSize, .fieldLeftShift].contains(record.kind)
            guard !isFree, record.kind != .typeIDTarget else { continue }
            #expect(
                try code.value(at: record.location) == record.local.value,
                "\(record.kind.name) \(record.local.path)"
            )
        }
    }

    @Test("bitfields of a big-endian kernel are read as that kernel's compiler writes them")
    func bigEndianBitfields() throws {
        let directory = try TemporaryDirectory()
        // clang allocates bitfields from the most significant bit on such a machine; so do these bytes.
        let object = try BPFObject(path: Workshop.compile("bitfields", target: "bpfeb", in: directory))
        let kernel = try Workshop.compile("target", target: "bpfeb", options: ["-w"], in: directory)
        let types = KernelTypes(vmlinux: try ELFSections.types(of: kernel))
        let log = RelocationSolver(RelocationRequestLog(of: [object])).solve(on: types)
        for field in ["low", "middle", "high", "long_one", "crossing", "tail", "flag"] {
            let path = "bits.\(field)"
            let records = log.records.filter { $0.target?.path == path }
            func value(_ kind: RelocationKind) throws -> UInt64 {
                try #require(records.first { $0.kind == kind }?.value, "\(kind.name) \(path)")
            }
            let bitOffset = UInt64(try #require(records.first?.target?.bitOffset))
            let (offset, size) = (try value(.fieldByteOffset), try value(.fieldByteSize))
            // In a big-endian register, bit 0 of the struct is the most significant bit of the load.
            let first = bitOffset - offset * 8
            #expect(try value(.fieldLeftShift) == 64 - size * 8 + first, "\(path)")
            #expect(try first + (64 - value(.fieldRightShift)) <= size * 8, "\(path)")
        }
    }
}

/// What `values.c` prints when it runs.
private struct Truth {
    /// By kind and path.
    private(set) var values: [String: UInt64] = [:]
    /// A bitfield's path, its value, and memory that holds it.
    private(set) var bits: [(path: String, value: Int64, memory: [UInt8])] = []

    init(in directory: TemporaryDirectory) throws {
        let program = directory.path("values")
        try Tool.run("gcc", ["-w", "values.c", "-o", program], in: Workshop.programs)
        for line in try Tool.run(program, []).text.split(separator: "\n") {
            var words = line.split(separator: " ").map(String.init)
            if words[0] == "bits" {
                let digits = Array(words.removeLast())
                let memory = stride(from: 0, to: digits.count, by: 2).compactMap {
                    UInt8(String(digits[$0...$0 + 1]), radix: 16)
                }
                bits.append((words[1], try #require(Int64(words[2])), memory))
            } else {
                let value = try #require(Int64(words.removeLast()))
                values[words.joined(separator: " ")] = UInt64(bitPattern: value)
            }
        }
    }
}

/// The instructions of an object.
private struct ProgramCode {
    private let file: ELFFile

    init(_ path: String) throws { file = try ELFFile(path: path) }

    /// The value that the compiler wrote into an instruction: its immediate, or its offset in a load or store.
    func value(at location: InstructionLocation) throws -> UInt64 {
        let section = try #require(file.section(named: location.section))
        let code = try file.contents(of: section).bytes
        let isLittle = file.header.byteOrder == .little
        func number(_ at: Int, _ count: Int) -> UInt64 {
            let bytes = code[at..<at + count]
            return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | UInt64($1) }
        }
        let at = location.index * 8
        switch code[at] & 7 {
        case 0: return number(at + 4, 4) | number(at + 12, 4) << 32
        case 1, 2, 3: return UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: number(at + 2, 2))))
        default: return UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: number(at + 4, 4))))
        }
    }
}
