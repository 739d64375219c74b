import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// BTF that is lowered for old consumers is what a conversion with fewer features gives, and what pahole gives.
@Suite struct LoweringTests {
    /// For each highest kind, the features that are left, and how pahole is told.
    private static let steps: [(kind: Kind, features: DWARFConverter.Features, pahole: [String])] = [
        (.typeTag, [.float, .declarationTag, .typeTag], ["--btf_gen_floats", noEnum64]),
        (.declarationTag, [.float, .declarationTag], ["--btf_gen_floats", noEnum64, noTypeTag]),
        (.float, [.float], ["--btf_gen_floats", noEnum64, noTypeTag, noDeclarationTag]),
        (.dataSection, [], [noEnum64, noTypeTag, noDeclarationTag]),
    ]
    private static let noEnum64 = "--skip_encoding_btf_enum64"
    private static let noTypeTag = "--skip_encoding_btf_type_tag"
    private static let noDeclarationTag = "--skip_encoding_btf_decl_tag"

    private static let toolchains = Toolchain.all.filter { $0.compiler == "gcc" || $0.compiler == "clang-16" }

    @Test("Each step down", arguments: toolchains, ["shapes.c", "tags.c", "odd.c"])
    func steps(toolchain: Toolchain, source: String) throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build([source, "other.c"], with: toolchain, in: directory)
        let whole = try Workshop.convert(linked)
        for step in Self.steps {
            let lowered = try whole.lowered(to: step.kind)
            let converted = try Workshop.convert(linked, .init(features: step.features))
            #expect(lowered.lines.symmetricDifference(converted.lines) == [], "\(step.kind)")
            #expect(lowered.serialized() == converted.serialized(), "\(step.kind)")
            let theirs = try Workshop.pahole(linked, features: step.pahole, in: directory)
            #expect(lowered.lines.symmetricDifference(theirs.lines) == [], "\(step.kind)")
            #expect(lowered.verify().isEmpty)
            #expect(lowered.ids.allSatisfy { lowered.kind(of: $0) <= step.kind })
        }
    }

    @Test(
        "A whole kernel",
        .enabled(if: RealKernel.isPresent, "there is no real kernel: run scripts/fetch-test-kernel")
    )
    func realKernel() throws {
        let whole = try Workshop.convert(RealKernel.vmlinux, .init(threads: 2))
        #expect(whole.ids.contains { whole.kind(of: $0) == .enumeration64 })
        #expect(whole.ids.contains { whole.kind(of: $0) == .float })
        let lowered = try whole.lowered(to: .dataSection)
        let converted = try Workshop.convert(RealKernel.vmlinux, .init(threads: 2, features: []))
        #expect(lowered.serialized() == converted.serialized())
        #expect(lowered.verify().isEmpty)
        let directory = try TemporaryDirectory()
        let file = directory.path("lowered.btf")
        try Data(lowered.serialized()).write(to: URL(fileURLWithPath: file))
        let dump = try Tool.run("bpftool", ["btf", "dump", "file", file]).text
        #expect(!dump.contains("] ENUM64 ") && !dump.contains("] FLOAT "))
        #expect(dump.contains("] DATASEC '.data..percpu'"))
    }
}
