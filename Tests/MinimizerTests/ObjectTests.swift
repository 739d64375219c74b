import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// What is read of a BPF object.
@Suite("BPF objects")
struct ObjectTests {
    @Test("each relocation is placed in its section, function and source line", arguments: Compiler.installed)
    func locations(compiler: Compiler) throws {
        let directory = try TemporaryDirectory()
        let object = try BPFObject(path: Workshop.compile("functions", with: compiler, in: directory))
        let places = Set(
            object.requests.requests.map { request in
                let source = request.location.source
                return "\(request.location.section) \(request.location.function ?? "-") \(source?.line ?? 0)"
            }
        )
        #expect(
            places == [
                ".text parent_of 7", ".text shared 11", "kprobe second 20", "kprobe second 22", "tracepoint third 26",
            ]
        )
        for request in object.requests.requests {
            let location = request.location
            #expect(location.source?.file.hasSuffix("functions.c") == true)
            let text = try #require(location.source?.text)
            #expect(text.contains("->"), "the line's text is kept: \(text)")
            let index = try #require(location.indexInFunction)
            #expect((0...location.index).contains(index))
            #expect(request.opcode != nil)
        }
        // The second program of a section, and the second function of .text, do not start at the section's start.
        let second = try #require(object.requests.requests.first { $0.location.function == "second" }?.location)
        #expect(try #require(second.indexInFunction) < second.index)
    }

    @Test("functions have names without a symbol table")
    func withoutSymbols() throws {
        let directory = try TemporaryDirectory()
        let path = try Workshop.compile("functions", in: directory)
        var bytes = try Workshop.bytes(path)
        let whole = try BPFObject(bytes: bytes, name: "functions.o").requests.requests.map(\.location)
        // Symbols of type NOTYPE instead of FUNC are as good as none.
        let table = try ELFSections.range(of: ".symtab", in: bytes)
        for entry in stride(from: table.lowerBound, to: table.upperBound, by: 24) { bytes[entry + 4] &= 0xf0 }
        #expect(try BPFObject(bytes: bytes, name: "functions.o").requests.requests.map(\.location) == whole)
    }

    @Test("an object that a linker joined keeps its functions and lines")
    func linked() throws {
        let directory = try TemporaryDirectory()
        let parts = try ["functions", "enumerators"].map { try Workshop.compile($0, in: directory) }
        let joined = directory.path("joined.o")
        try Tool.run("bpftool", ["gen", "object", joined] + parts)
        func places(_ paths: [String]) throws -> Set<String> {
            Set(
                try paths.flatMap { try BPFObject(path: $0).requests.requests }.map { request in
                    "\(request.location.function ?? "-") \(request.location.source?.line ?? 0) \(request.kind.name) \(request.access)"
                }
            )
        }
        #expect(try places([joined]) == places(parts))
    }

    @Test(
        "what llvm-strip -g leaves is all that is needed",
        arguments: ["fields", "functions", "shared", "types", "kernel"]
    )
    func stripped(program: String) throws {
        let directory = try TemporaryDirectory()
        for target in ["bpfel", "bpfeb"] {
            let path = try Workshop.compile(program, target: target, in: directory)
            let bare = directory.path("bare.o")
            try Tool.run("llvm-strip", ["-g", "-o", bare, path])
            let (one, other) = (try BPFObject(path: path).requests, try BPFObject(path: bare).requests)
            #expect(one.requests == other.requests && one.programs == other.programs)
            #expect(one.types.serialized() == other.types.serialized() && !one.requests.isEmpty)
        }
    }

    @Test("-mcpu=v1 to v3 give the same requests of the same lines", arguments: Compiler.installed)
    func instructionSets(compiler: Compiler) throws {
        let directory = try TemporaryDirectory()
        func requests(_ cpu: String, _ program: String) throws -> Set<String> {
            let path = try Workshop.compile(program, with: compiler, options: ["-mcpu=\(cpu)"], in: directory)
            return Set(
                try BPFObject(path: path).requests.requests.map { request in
                    "\(request.location.function ?? "-") \(request.location.source?.line ?? 0) \(request.kind) \(request.access)"
                }
            )
        }
        for program in ["functions", "enumerators", "flavours"] {
            let plain = try requests("v1", program)
            #expect(!plain.isEmpty)
            for cpu in ["v2", "v3"] { #expect(try requests(cpu, program) == plain) }
        }
    }

    @Test("the types of a request log are few, and all that solving needs")
    func localTypes() throws {
        let directory = try TemporaryDirectory()
        let object = try BPFObject(path: Workshop.compile("functions", in: directory))
        #expect(object.requests.types.typeCount < object.types.typeCount)
        #expect(!object.requests.types.ids.contains { object.requests.types.kind(of: $0) == .function })
        let thing = try #require(object.requests.types.ids.first { object.requests.types.name(of: $0) == "thing" })
        // Indexes are kept; what is not asked for has neither name nor type.
        let members = object.requests.types.members(of: thing)
        #expect(members.count == 15)
        #expect(members.count { !$0.name.isEmpty } == 5)
    }

    @Test("no relocations: a value, and a minimised BTF without types")
    func noRelocations() throws {
        let directory = try TemporaryDirectory()
        let path = try Workshop.compile(
            source: "__attribute__((section(\"kprobe\"), used)) int f(void *c) { return 0; }",
            in: directory
        )
        #expect(try BPFObject(path: path).requests.requests.isEmpty)
        let minimized = try Workshop.minimize(Workshop.types(Workshop.smallKernel(in: directory)), for: [path])
        #expect(minimized.log.records.isEmpty && minimized.types.typeCount == 0)
        #expect(try BTF(parsing: minimized.bytes).typeCount == 0)
    }

    @Test("an object that is not what it should be says so in one sentence")
    func unsuitable() throws {
        let directory = try TemporaryDirectory()
        let path = try Workshop.compile("functions", in: directory)
        func error(_ body: () throws(BPFObjectError) -> BPFObject) -> BPFObjectError? {
            do throws(BPFObjectError) {
                _ = try body()
                return nil
            } catch { return error }
        }
        let objcopy = "llvm-objcopy-14"
        let llvm = Tool.path(of: objcopy) == nil ? "llvm-objcopy" : objcopy
        for (section, code) in [(".BTF.ext", BPFObjectError.Code.noExtension), (".BTF", .noTypes)] {
            let copy = directory.path("without\(section).o")
            try Tool.run(llvm, ["--remove-section", section, "--remove-section", ".rel\(section)", path, copy])
            let found = try #require(error { () throws(BPFObjectError) in try BPFObject(path: copy) })
            #expect(found.code == code)
            #expect(found.description == "\(copy), section \(section): \(found.reason)")
        }
        let missing = error { () throws(BPFObjectError) in try BPFObject(path: directory.path("missing.o")) }
        #expect(missing?.code == .unreadable)
        let text = error { () throws(BPFObjectError) in try BPFObject(bytes: Array("no ELF".utf8), name: "text") }
        #expect(text?.code == .unreadable && text?.object == "text")
    }
}
