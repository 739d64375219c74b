import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Where cilium/ebpf decides differently from libbpf. What is expected here is what version 0.9.1 of cilium/ebpf itself
/// makes of the same objects and kernel.
@Suite("Loaders' rules")
struct LoaderRulesTests {
    private func minimized(_ program: String, in directory: TemporaryDirectory) throws -> MinimizedBTF {
        let object = try Workshop.compile(program, in: directory)
        return try Workshop.minimize(Workshop.types(Workshop.smallKernel(in: directory)), for: [object])
    }

    private func decisions(_ minimized: MinimizedBTF, _ rules: LoaderRules) throws -> [String] {
        try #require(minimized.logs[rules]).records.map { record in
            let target = record.target.map { "\($0.root) \($0.value ?? 0)" } ?? "-"
            return "\(record.location.function ?? "") \(record.kind.name) \(record.local.path) "
                + "\(record.outcome.rawValue) \(target)"
        }
    }

    @Test("the type that answers most of a program's relocations is taken for all of them")
    func bestCandidate() throws {
        let minimized = try minimized("choices", in: TemporaryDirectory())
        #expect(
            try Set(decisions(minimized, .cilium)) == [
                "first field_exists pair.first resolved struct pair___one 1",
                "both field_exists pair.first resolved struct pair___two 1",
                "both field_exists pair.second resolved struct pair___two 1",
                "named byte_off only_named.inside resolved only_named 8",
                "named field_exists either.number resolved union either 1",
            ]
        )
        #expect(
            try Set(decisions(minimized, .libbpf)) == [
                "first field_exists pair.first ambiguous struct pair___one 1",
                "both field_exists pair.first ambiguous struct pair___one 1",
                "both field_exists pair.second resolved struct pair___two 1",
                "named byte_off only_named.inside poisoned -",
                "named field_exists either.number absent -",
            ]
        )
        #expect(minimized.additions.contains { $0.rules == .cilium && $0.part == "only_named" })
    }

    @Test("a subprogram is settled with each program that calls it")
    func sharedSubprogram() throws {
        let minimized = try minimized("shared", in: TemporaryDirectory())
        let cilium = try #require(minimized.logs[.cilium]).records
        let offset = try #require(cilium.first { $0.kind == .fieldByteOffset && $0.local.path == "pair.first" })
        // Alone the subprogram could use either flavour, which disagree about the offset; with `more`, the second one.
        #expect(offset.location.function == "shared" && offset.outcome == .ambiguous)
        let second = try #require(cilium.first { $0.local.path == "pair.second" })
        #expect(second.outcome == .resolved && second.target?.root == "struct pair___two")
    }

    @Test("which relocations are loaded together", arguments: ["bpfel", "bpfeb"], Compiler.installed)
    func programs(target: String, compiler: Compiler) throws {
        let directory = try TemporaryDirectory()
        let path = try Workshop.compile("shared", with: compiler, target: target, in: directory)
        let requests = try BPFObject(path: path).requests
        let programs = requests.programs.map { Set($0.compactMap { requests.requests[$0].location.function }) }
        #expect(Set(programs) == [["shared"], ["shared", "more"]])
        let functions = try BPFObject(
            path: Workshop.compile("functions", with: compiler, target: target, in: directory)
        )
        .requests
        let reached = functions.programs.map { Set($0.compactMap { functions.requests[$0].location.function }) }
        #expect(reached == [["parent_of", "shared"], ["second", "shared"], ["parent_of", "third"]])
    }

    @Test("an enumerator of 32 bits that is unsigned stays so")
    func unsignedEnumerators() throws {
        let minimized = try minimized("enumerators", in: TemporaryDirectory())
        func value(_ rules: LoaderRules) throws -> UInt64? {
            try #require(minimized.logs[rules]).records
                .first { $0.kind == .enumeratorValue && $0.local.path == "shade::SHADE_TOP" }?.value
        }
        #expect(try value(.libbpf) == UInt64(bitPattern: -16))
        #expect(try value(.cilium) == 0xffff_fff0)
    }

    @Test("what the rules agree about, they agree about", arguments: ["fields", "bitfields", "functions", "flavours"])
    func agreement(program: String) throws {
        let minimized = try minimized(program, in: TemporaryDirectory())
        for (one, other) in zip(minimized.log.records, try #require(minimized.logs[.cilium]).records) {
            // Bitfields are loaded by their type's size here, and by more where they cross it there.
            guard !one.local.path.contains("crossing") else { continue }
            #expect(one.outcome == other.outcome && one.value == other.value, "\(one.kind.name) \(one.local.path)")
        }
    }
}
