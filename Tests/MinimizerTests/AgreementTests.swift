import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Every decision and every minimised BTF against bpftool's, wherever bpftool is right.
@Suite("Agreement with bpftool")
struct AgreementTests {
    static let programs = ["fields", "bitfields", "types", "enumerators", "functions", "flavours"]

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

    @Test("a real kernel", .enabled(if: Workshop.realKernel != nil, "set BTFHUB_TEST_VMLINUX_BTF to a kernel's BTF"))
    func realKernel() throws {
        let directory = try TemporaryDirectory()
        let kernel = try #require(Workshop.realKernel)
        let objects = try (Self.programs + ["matches", "kernel"]).map { try Workshop.compile($0, in: directory) }
        for object in objects { try expectAgreement(kernel, [object], in: directory) }
        try expectAgreement(kernel, objects, in: directory)
    }

    @Test("all kinds are asked for")
    func allKinds() throws {
        let directory = try TemporaryDirectory()
        let objects = try (Self.programs + ["matches"]).map { try Workshop.compile($0, in: directory) }
        let log = RelocationRequestLog(of: try objects.map { try BPFObject(path: $0) })
        let kinds = Set(log.objects.flatMap { $0.requests.map(\.kind) })
        #expect(kinds == Set(RelocationKind.allCases))
    }

    private func expectAgreement(_ kernel: String, _ objects: [String], in directory: TemporaryDirectory) throws {
        let oracle = try Bpftool(kernel: kernel, objects: objects, in: directory)
        let minimized = try Workshop.minimize(try Workshop.types(kernel), for: objects)
        let decisions = minimized.log.records.map(\.asPrintedByLibbpf)
        #expect(decisions.count == oracle.decisions.count)
        for (ours, theirs) in zip(decisions, oracle.decisions) { #expect(ours == theirs) }
        let output = try #require(oracle.output, "bpftool failed: \(oracle.diagnostics.suffix(300))")
        let theirs = BTFMeaning(of: try Workshop.types(output))
        #expect(theirs.differences(from: BTFMeaning(of: minimized.types)) == [])
        #expect(minimized.bytes.count <= (try Workshop.bytes(output)).count)
        // libbpf reads what we made and decides the same on it.
        let path = directory.path("ours.btf")
        try Data(minimized.bytes).write(to: URL(fileURLWithPath: path))
        let again = try Bpftool(kernel: path, objects: objects, in: directory)
        #expect(again.decisions == minimized.provenLog.records.map(\.asPrintedByLibbpf))
    }
}
