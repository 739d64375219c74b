import BTF
import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

/// Which modules may have types of some names.
@Suite("Searching modules")
struct ModuleSearchTests {
    private let fixture: StoreFixture

    /// A kernel with the modules ext4, which has struct ext4 and the function f, and xfs, which has struct xfs.
    init() throws {
        fixture = try StoreFixture()
        let source = "struct xfs___v2 { long size; } xfs; long g(void) { return xfs.size; }"
        let xfs = try CompiledBTF.compile(source, base: StoreFixture.btf.get())
        let modules = [
            NewModule(name: "ext4", buildID: nil, btf: try StoreFixture.moduleBTF.get()),
            NewModule(name: "xfs", buildID: nil, btf: xfs),
        ]
        try fixture.store.add(try StoreFixture.kernel("6.1.0-1", modules: modules))
        try fixture.store.add(try StoreFixture.kernel("6.1.0-2"))
    }

    /// The names of the modules that are found; nil where any may have such types.
    private func find(
        _ names: [String],
        _ release: String = "6.1.0-1",
        kinds: Set<Kind> = [.structure],
        in store: HubStore? = nil
    ) throws -> [String]? {
        let store = store ?? fixture.store
        var search = ModuleSearch(forTypesNamed: names.map { Array($0.utf8) }, ofKinds: kinds)
        let kernel = try #require(try store.kernel(named: StoreFixture.name(release)))
        switch try search.modules(of: kernel, in: store) {
        case .noModules: return []
        case .these(let modules): return modules.map(\.name)
        case .any: return nil
        }
    }

    /// Opens the store again, changed behind its back.
    private func changed(_ statement: String) throws -> HubStore {
        try fixture.store.close()
        _ = try Tool.run("sqlite3", [fixture.path, statement])
        return try HubStore(fixture.path, access: .readWrite)
    }

    @Test("a module is found by the essential names of its own types")
    func byName() throws {
        #expect(try find(["ext4"]) == ["ext4"])
        #expect(try find(["xfs", "nowhere"]) == ["xfs"])
        #expect(try find(["ext4", "xfs"]) == ["ext4", "xfs"])
        // The kernel's types, a whole name that is not essential, and a function.
        #expect(try find(["task_struct", "xfs___v2", "f"]) == [])
        #expect(try find([]) == [])
        #expect(try find(["ext4"], "6.1.0-2") == [])
    }

    @Test("any module may have functions that are asked for, whose names are not kept")
    func unknownNames() throws {
        #expect(try find(["f"], kinds: [.structure, .function]) == nil)
        #expect(try find(["f"], "6.1.0-2", kinds: [.function]) == [])
    }

    @Test(
        "where names are damaged any module may have them; verify says so, and repair makes them anew",
        arguments: [
            "UPDATE names SET hashes = substr(hashes, 1, length(hashes) - 4)",
            "UPDATE names SET hashes = cast(hashes || substr(hashes, 1, 4) AS BLOB)",
            "UPDATE names SET digest = randomblob(32)",
            "UPDATE module_names SET names = x'0100000001000000'",
            "UPDATE module_names SET names = x'01000000'",
            "UPDATE module_names SET names = x'010000'",
            "UPDATE module_names SET modules = zeroblob(32)",
            "UPDATE module_names SET seal = zeroblob(8)",
            "PRAGMA foreign_keys = OFF; DELETE FROM names WHERE id = 2",
        ]
    )
    func damaged(_ statement: String) throws {
        let store = try changed(statement)
        #expect(try find(["xfs"], in: store) == nil)
        #expect(try !store.verify { _ in })
        try store.repair { Issue.record("\($0.kernel) was dropped") }
        #expect(try find(["xfs"], in: store) == ["xfs"])
        #expect(try store.verify { _ in })
    }

    @Test("a lost module is damage, which repair does not hide")
    func lostModule() throws {
        let store = try changed("DELETE FROM modules WHERE name = 'xfs'")
        let error = #expect(throws: StoreError.self) { try find(["xfs"], in: store) }
        #expect(error?.description.contains("6.1.0-1") == true)
        #expect(try !store.verify { _ in })
        var dropped: [String] = []
        try store.repair { dropped.append($0.kernel) }
        #expect(dropped == ["debian/12/x86_64/6.1.0-1"])
    }

    @Test("optimize notes the names in modules that were stored before names were, and drops those that nobody needs")
    func filled() throws {
        let store = try changed("DELETE FROM module_names; INSERT INTO names VALUES (9, randomblob(32), x'01000000')")
        #expect(try find(["xfs"], in: store) == nil)
        #expect(try store.verify { _ in })
        #expect(try store.optimize().noted == 1)
        #expect(try store.optimize().noted == 0)
        #expect(try find(["xfs"], in: store) == ["xfs"])
        try store.close()
        #expect(try Tool.run("sqlite3", [fixture.path, "SELECT count(*) FROM names"]).text == "2\n")
    }

    @Test("a kernel that comes again with other modules has their names, whatever these are called")
    func replaced() throws {
        let modules = try ["\u{ff5a}", "\u{10000}", "e\u{301}", "ext4"].map {
            NewModule(name: $0, buildID: nil, btf: try StoreFixture.moduleBTF.get())
        }
        try fixture.store.add(try StoreFixture.kernel("6.1.0-1", modules: modules))
        #expect(try find(["xfs"]) == [])
        // In the order of their bytes.
        #expect(try find(["ext4"]) == ["ext4", "e\u{301}", "\u{ff5a}", "\u{10000}"])
        #expect(try fixture.store.verify { _ in })
    }
}
