import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Every decision and every minimised BTF against bpftool's, wherever bpftool is right.
@Suite("Agreement with bpftool")
struct AgreementTests {
    static let programs = ["fields", "bitfields", "types", "enumerators", "functions", "flavours"]
    /// What real tools ask of real kernels.
    static let tools = [
        "kernel", "tool_open", "tool_connect", "tool_block", "tool_exec", "tool_sched", "tool_memory", "tool_packets",
        "tool_groups", "tool_self", "tool_matching",
    ]
    /// Programs with types that match as wholes, of which bpftool keeps all members.
    private static let matching = ["matches", "tool_matching", "kernel"]

    @Test("small kernel", arguments: Self.programs, Compiler.installed)
    func smallKernel(program: String, compiler: Compiler) throws {
        let directory = try TemporaryDirectory()
        let object = try Workshop.compile(program, with: compiler, in: directory)
        try expectAgreement(Workshop.smallKernel(in: directory), [object], in: directory)
    }

    @Test(
        "types that match as wholes, which clang knows from 15 on",
        arguments: Compiler.installed.filter { $0 != .clang14 }
    )
    func matches(compiler: Compiler) throws {
        let directory = try TemporaryDirectory()
        let object = try Workshop.compile("matches", with: compiler, in: directory)
        try expectAgreement(Workshop.smallKernel(in: directory), [object], in: directory)
    }

    @Test("several objects at once")
    func severalObjects() throws {
        let directory = try TemporaryDirectory()
        let objects = try (Self.programs + ["matches"]).map { try Workshop.compile($0, in: directory) }
        try expectAgreement(Workshop.smallKernel(in: directory), objects, in: directory)
    }

    @Test("a kernel that clang made, with nested arrays and type tags")
    func clangsKernel() throws {
        let directory = try TemporaryDirectory()
        let kernel = try Workshop.compile("target", options: ["-w"], in: directory)
        let types = try ELFSections.types(of: kernel)
        let path = directory.path("clang.btf")
        try Data(types.serialized()).write(to: URL(fileURLWithPath: path))
        let objects = try (Self.programs + ["matches"]).map { try Workshop.compile($0, in: directory) }
        try expectAgreement(path, objects, in: directory)
    }

    @Test(
        "a real kernel of either byte order",
        .enabled(if: Workshop.realKernel != nil, "set BTFHUB_TEST_VMLINUX_BTF to a kernel's BTF"),
        arguments: Workshop.compilersForRealKernels
    )
    func realKernel(compiler: Compiler) throws {
        let directory = try TemporaryDirectory()
        let kernel = try #require(Workshop.realKernel)
        let types = try Workshop.types(kernel)
        var programs = Self.programs + ["matches"] + Self.tools
        if compiler == .clang14 { programs.removeAll { ["matches", "tool_matching", "kernel"].contains($0) } }
        func objects(_ target: String) throws -> [String] {
            let folder = directory.path(target)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return try programs.map { try Workshop.compile($0, with: compiler, target: target, to: folder) }
        }
        let little = try objects("bpfel")
        guard types.byteOrder == .bigEndian else {
            for object in little { try expectAgreement(kernel, [object], in: directory) }
            return try expectAgreement(kernel, little, in: directory)
        }
        // libbpf does not read the other byte order: it gets the same types and programs in its own.
        let turned = directory.path("turned.btf")
        try Data(types.inByteOrder(.littleEndian).serialized()).write(to: URL(fileURLWithPath: turned))
        for (big, little) in zip(try objects("bpfeb"), little) {
            try expectAgreement(kernel, [big], oracle: (turned, [little]), in: directory)
        }
    }

    @Test("all kinds are asked for")
    func allKinds() throws {
        let directory = try TemporaryDirectory()
        let objects = try (Self.programs + ["matches"]).map { try Workshop.compile($0, in: directory) }
        let log = RelocationRequestLog(of: try objects.map { try BPFObject(path: $0) })
        let kinds = Set(log.objects.flatMap { $0.requests.map(\.kind) })
        #expect(kinds == Set(RelocationKind.allCases))
    }

    /// Expects our decisions and result to be those of bpftool.
    ///
    /// - Parameters:
    ///   - kernel: the path of the kernel's BTF.
    ///   - objects: the paths of the objects.
    ///   - peer: the same in the byte order that bpftool reads, where that is another.
    ///   - directory: where what is made goes.
    /// - Throws: what reading a file or running a tool throws.
    private func expectAgreement(
        _ kernel: String,
        _ objects: [String],
        oracle peer: (kernel: String, objects: [String])? = nil,
        in directory: TemporaryDirectory
    ) throws {
        let peer = peer ?? (kernel, objects)
        let oracle = try Bpftool(kernel: peer.kernel, objects: peer.objects, in: directory)
        let minimized = try Workshop.minimize(try Workshop.types(kernel), for: objects)
        let decisions = minimized.log.records.map(\.asPrintedByLibbpf)
        guard let output = oracle.output else {
            // bpftool gives up where a loader would; what it decided before is the same, and that one is ambiguous.
            try #require(
                oracle.diagnostics.contains("relocation decision ambiguity"),
                "\(oracle.diagnostics.suffix(300))"
            )
            let count = oracle.decisions.count
            for (ours, theirs) in zip(decisions, oracle.decisions).prefix(count - 1) { #expect(ours == theirs) }
            #expect(minimized.log.records[count - 1].outcome == .ambiguous)
            return
        }
        #expect(decisions.count == oracle.decisions.count)
        for (ours, theirs) in zip(decisions, oracle.decisions) { #expect(ours == theirs) }
        // Of a type that matches as a whole we keep less for libbpf, and for cilium/ebpf, which goes through pointers, more.
        if !objects.contains(where: { object in Self.matching.contains { object.hasSuffix("/\($0).o") } }) {
            let theirs = BTFMeaning(of: try Workshop.types(output))
            #expect(theirs.differences(from: BTFMeaning(of: minimized.types)) == [])
            #expect(minimized.additions == [], "neither loader needs more")
        }
        let size = try Workshop.bytes(output).count
        #expect(minimized.bytes.count <= size || minimized.additions.contains { $0.rules == .cilium })
        // libbpf reads what we made and decides the same on it. Where that holds no `long`, it takes pointers to be as
        // wide as its own, so that it is no oracle for a machine of other pointers.
        guard KernelTypes(vmlinux: try Workshop.types(kernel)).pointerSize == MemoryLayout<UnsafeRawPointer>.size else {
            return
        }
        let path = directory.path("ours.btf")
        let ours = try minimized.types.inByteOrder(try Workshop.types(peer.kernel).byteOrder)
        try Data(ours.serialized()).write(to: URL(fileURLWithPath: path))
        let again = try Bpftool(kernel: path, objects: peer.objects, in: directory)
        #expect(again.decisions == minimized.provenLog.records.map(\.asPrintedByLibbpf))
    }
}

extension BTF {
    /// The same types under the same ids in a byte order.
    fileprivate func inByteOrder(_ order: ByteOrder) throws -> BTF {
        guard order != byteOrder else { return self }
        var builder = BTFBuilder(byteOrder: order)
        for id in ids { builder.add(self[id].mapping(type: { $0 }, name: { builder.intern(bytes: bytes(at: $0)) })) }
        return try builder.build()
    }
}
