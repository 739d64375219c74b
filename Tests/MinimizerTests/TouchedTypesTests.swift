import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// What a solution says that it rests on.
@Suite("Touched types")
struct TouchedTypesTests {
    /// A kernel, after a change to its source.
    private func kernel(_ changes: [(old: String, new: String)] = [], in directory: TemporaryDirectory) throws -> BTF {
        var source = try String(contentsOf: Workshop.programs.appendingPathComponent("target.c"), encoding: .utf8)
        for (old, new) in changes {
            try #require(source.contains(old), "\(old)")
            source = source.replacingOccurrences(of: old, with: new)
        }
        return try BTF(parsing: try CompiledBTF.compile(source)).canonicalized()
    }

    private func requests(_ program: String, in directory: TemporaryDirectory) throws -> RelocationRequestLog {
        RelocationRequestLog(of: [try BPFObject(path: Workshop.compile(program, in: directory))])
    }

    private func names(_ touched: TouchedTypes) -> Set<String> {
        Set(touched.types.map { "\($0.kind.standardName) \(String(decoding: $0.name, as: UTF8.self))" })
    }

    @Test("names that were looked up, and named types that were read")
    func contents() throws {
        let directory = try TemporaryDirectory()
        let requests = try requests("flavours", in: directory)
        let (_, touched) = RelocationSolver(requests).solveNotingTypes(
            on: KernelTypes(vmlinux: try kernel(in: directory))
        )
        #expect(touched.essentialNames.isSuperset(of: ["twin", "same_twin"].map { Array($0.utf8) }))
        let read = names(touched)
        #expect(read.isSuperset(of: ["STRUCT twin___one", "STRUCT twin___two", "STRUCT same_twin", "INT int"]))
        #expect(read.isDisjoint(with: ["STRUCT thing", "STRUCT bits", "TYPEDEF point_t", "STRUCT blob"]))
    }

    @Test(
        "a change outside of what was touched changes neither the answers nor the minimised BTF",
        arguments: ["fields", "bitfields", "types", "enumerators", "matches", "flavours", "choices", "flexible"]
    )
    func untouchedChanges(program: String) throws {
        let directory = try TemporaryDirectory()
        let requests = try requests(program, in: directory)
        let minimizer = Minimizer(requests)
        let changes: [(touches: Set<String>, change: (old: String, new: String))] = [
            (["STRUCT early"], ("struct early { int count;", "struct early { int more; int count;")),
            (["STRUCT pair___two"], ("struct pair___two { long pad;", "struct pair___two { long pad, more;")),
            (["STRUCT inner", "STRUCT thing"], ("struct inner { int pad;", "struct inner { long pad;")),
            (["ENUM shade"], ("SHADE_A = 1u", "SHADE_A = 2u")),
            (
                ["TYPEDEF point_t"],
                ("typedef struct { int x; int y; } point_t", "typedef struct { int x; long y; } point_t")
            ),
            (
                ["STRUCT same_twin___copy"],
                ("struct same_twin___copy { char pad[12]", "struct same_twin___copy { char pad[11]")
            ),
            (["UNION either"], ("union either { int number;", "union either { int number, other;")),
        ]
        let before = try minimizer.minimize(KernelTypes(vmlinux: try kernel(in: directory)))
        let touched = names(before.touched)
        var same = 0
        for (name, change) in changes {
            let after = try minimizer.minimize(KernelTypes(vmlinux: try kernel([change], in: directory)))
            guard touched.isDisjoint(with: name) else { continue }
            same += 1
            #expect(after.bytes == before.bytes && after.touched == before.touched, "\(name)")
            for rules in LoaderRules.allCases {
                #expect(
                    after.logs[rules]?.records.map(\.outcome) == before.logs[rules]?.records.map(\.outcome),
                    "\(name)"
                )
            }
        }
        #expect(same > 0)
    }
}
