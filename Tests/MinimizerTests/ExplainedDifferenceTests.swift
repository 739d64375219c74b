import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Where bpftool's minimised BTF differs from ours, and why ours is right.
@Suite("Explained differences from bpftool")
struct ExplainedDifferenceTests {
    /// What both make of a program, and what libbpf decides on each result.
    private struct Comparison {
        let kernel: Bpftool
        let minimized: MinimizedBTF
        let onOurs: Bpftool
        let onTheirs: Bpftool?

        init(_ kernel: String, _ objects: [String], in directory: TemporaryDirectory) throws {
            self.kernel = try Bpftool(kernel: kernel, objects: objects, in: directory)
            minimized = try Workshop.minimize(try Workshop.types(kernel), for: objects)
            let path = directory.path("ours.btf")
            try Data(minimized.bytes).write(to: URL(fileURLWithPath: path))
            onOurs = try Bpftool(kernel: path, objects: objects, in: directory)
            onTheirs = try self.kernel.output.map { try Bpftool(kernel: $0, objects: objects, in: directory) }
        }

        /// Whether each decision finds as many candidates on one side as on the other.
        static func agree(_ one: Bpftool?, _ other: Bpftool) -> Bool {
            one?.decisions.map { $0.matches.isEmpty } == other.decisions.map { $0.matches.isEmpty }
        }
    }

    @Test("bpftool keeps only the first candidate, and a later relocation is left without its own")
    func narrowing() throws {
        let directory = try TemporaryDirectory()
        let object = try Workshop.compile("narrowing", in: directory)
        let comparison = try Comparison(Workshop.smallKernel(in: directory), [object], in: directory)
        #expect(comparison.kernel.decisions.map(\.matches.count) == [2, 1])
        #expect(comparison.onTheirs?.decisions.map(\.matches.count) == [1, 0], "the program would not load")
        #expect(comparison.onOurs.decisions.map(\.matches.count) == [1, 1], "one type answers both")
        #expect(comparison.minimized.log.records.map(\.outcome) == [.resolved, .resolved])
    }

    @Test("bpftool cuts off the member that keeps an array from being flexible")
    func flexibleArray() throws {
        let directory = try TemporaryDirectory()
        let object = try Workshop.compile("flexible", in: directory)
        let comparison = try Comparison(Workshop.smallKernel(in: directory), [object], in: directory)
        #expect(comparison.minimized.log.records.map(\.outcome) == [.resolved, .absent])
        #expect(!Comparison.agree(comparison.onTheirs, comparison.kernel), "an element that is not there appears")
        #expect(Comparison.agree(comparison.onOurs, comparison.kernel))
    }

    @Test("bpftool gives up on ambiguity, which is a value here, and on which the loader still gives up")
    func ambiguity() throws {
        let directory = try TemporaryDirectory()
        let object = try Workshop.compile("ambiguous", in: directory)
        let comparison = try Comparison(Workshop.smallKernel(in: directory), [object], in: directory)
        #expect(comparison.kernel.output == nil)
        #expect(comparison.kernel.diagnostics.contains("relocation decision ambiguity"))
        #expect(comparison.onOurs.diagnostics.contains("relocation decision ambiguity"))
        let records = comparison.minimized.log.records
        #expect(records.map(\.outcome) == [.ambiguous, .ambiguous, .resolved])
        #expect(records[0].targets.count == 2 && records[0].reason?.contains("different values") == true)
    }

    @Test("bpftool does not know type tags in a type that is to match")
    func typeTags() throws {
        let directory = try TemporaryDirectory()
        let program = """
            #include "core.h"
            struct tagged { int *user; int plain; };
            SEC("kprobe") u64 f(void *context) { return TYPE(2, struct tagged); }
            """
        let object = try Workshop.compile(source: program, in: directory)
        let other = try TemporaryDirectory()
        let kernel = try Workshop.compile(
            source: "struct tagged { int __attribute__((btf_type_tag(\"user\"))) *user; int plain; } tagged;",
            in: other
        )
        let path = directory.path("tagged.btf")
        try Data(ELFSections.types(of: kernel).serialized()).write(to: URL(fileURLWithPath: path))
        let comparison = try Comparison(path, [object], in: directory)
        #expect(comparison.kernel.output == nil && comparison.kernel.diagnostics.contains("unsupported kind: type_tag"))
        #expect(comparison.onOurs.decisions.map(\.matches.count) == [1])
        #expect(comparison.minimized.log.records.map(\.value) == [1])
    }

    @Test("an enumerator of 64 bits against an enumeration of 32, and the other way round")
    func enumerationWidths() throws {
        let directory = try TemporaryDirectory()
        let program = """
            #include "core.h"
            enum narrowed { NARROWED_TWO = 1LL << 40 };
            enum wide { WIDE_LARGE = 1 };
            SEC("kprobe") u64 f(void *context) {
                return ENUMERATOR(1, enum narrowed, NARROWED_TWO) + ENUMERATOR(1, enum wide, WIDE_LARGE);
            }
            """
        let object = try Workshop.compile(source: program, in: directory)
        let comparison = try Comparison(Workshop.smallKernel(in: directory), [object], in: directory)
        #expect(comparison.minimized.log.records.map(\.value) == [2, 0x123_4567_89ab])
        #expect(
            comparison.onOurs.decisions == comparison.onTheirs?.decisions
                || Comparison.agree(comparison.onTheirs, comparison.onOurs)
        )
    }

    @Test("loads of another size are poisoned, which bpftool does not look at")
    func loadSizes() throws {
        let directory = try TemporaryDirectory()
        let program = """
            #include "core.h"
            struct same_twin { long common; } CORE;
            SEC("kprobe/signed") u64 f(struct same_twin *twin) { return twin->common; }
            SEC("kprobe/unsigned") u64 g(struct thing *thing) { return thing->grown + thing->shrunk; }
            """
        let object = try Workshop.compile(source: program, in: directory)
        let log = try Workshop.minimize(Workshop.types(Workshop.smallKernel(in: directory)), for: [object]).log
        #expect(log.records.map(\.outcome) == [.poisoned, .resolved, .resolved])
        #expect(log.records[0].target != nil && log.records[0].reason?.contains("8 bytes") == true)
    }
}
