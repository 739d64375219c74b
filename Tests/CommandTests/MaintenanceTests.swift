import Foundation
import TestSupport
import Testing

/// `optimize` and `repair`, as an operator runs them on an archive.
@Suite struct MaintenanceTests {
    private let hub: Hub
    private let tree: KernelTree

    init() throws {
        hub = try Hub()
        tree = try KernelTree(kernels: 0)
        // Large enough, and near enough to each other, for deltas.
        for (index, added) in ["", "long more;", "long more; int most;"].enumerated() {
            let structs = (0..<300).map {
                "struct part_\($0) { int kind_\($0); struct part_\($0) *next; } value_\($0);"
            }
            let source = structs.joined(separator: "\n") + "struct last { char c; \(added) } last;"
            try tree.add(CompiledBTF.compile(source), as: "debian/12/x86_64/6.1.0-\(index + 1)-test.btf")
        }
        try FileManager.default.createDirectory(atPath: tree.path, withIntermediateDirectories: true)
    }

    private func sql(_ statement: String) throws -> String {
        try Tool.run("sqlite3", [hub.store, statement]).text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func optimizingKeepsAllAndIsDoneOnce() throws {
        #expect(try hub.hubctl("import", tree.path, "--threads", "1").status == 0)
        let before = try KernelTree.contents(of: hub.store)
        let first = try hub.hubctl("optimize", "--compact")
        #expect(first.status == 0)
        #expect(first.diagnostics.contains("3 BTFs examined"), "\(first.diagnostics)")
        #expect(try hub.hubctl("optimize").diagnostics.contains("0 BTFs examined, 0 stored otherwise"))
        #expect(try KernelTree.contents(of: hub.store) == before)
        #expect(try hub.hubctl("verify").status == 0)
        #expect(try hub.hubctl("optimize", "--store", hub.path("none.db")).status != 0)
    }

    @Test func repairDropsWhatIsDamagedAndTheNextImportBringsItBack() throws {
        #expect(try hub.hubctl("import", tree.path, "--threads", "1").status == 0)
        let before = try KernelTree.contents(of: hub.store)
        #expect(try hub.hubctl("repair").text.isEmpty)
        #expect(try KernelTree.contents(of: hub.store) == before)
        let victim = try sql("SELECT max(btf_id) FROM deltas")
        let name = try sql("SELECT release FROM kernels WHERE btf_id = \(victim)")
        _ = try sql("UPDATE btf SET payload = zeroblob(length(payload)) WHERE id = \(victim)")
        let check = try hub.hubctl("verify")
        #expect(check.status == 1)
        #expect((check.text + check.diagnostics).contains(name), "\(check.text)\(check.diagnostics)")
        let repair = try hub.hubctl("repair")
        #expect(repair.status == 0)
        #expect(
            repair.text.contains("debian/12/x86_64/\(name): ") && repair.text.contains("dropped"),
            "\(repair.text)"
        )
        #expect(repair.diagnostics.contains("1 kernel dropped"))
        #expect(try hub.hubctl("verify").status == 0)
        #expect(try KernelTree.contents(of: hub.store).count == 2)
        #expect(try hub.hubctl("import", tree.path).diagnostics.contains("1 stored"))
        #expect(Set(try KernelTree.contents(of: hub.store)) == Set(before))
    }
}
