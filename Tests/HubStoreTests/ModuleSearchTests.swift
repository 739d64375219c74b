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

    private func find(
        _ names: [String],
        _ release: String = "6.1.0-1",
        kinds: Set<Kind> = [.structure],
        in store: HubStore? = nil
    ) throws -> [String] {
        let store = store ?? fixture.store
        var search = ModuleSearch(forTypesNamed: names.map { Array($0.utf8) }, ofKinds: kinds)
        let kernel = try #require(try store.kernel(named: StoreFixture.name(release)))
        let result = try search.modules(of: kernel, in: store)
        #expect(result.hasModules == (release == "6.1.0-1"))
        return result.modules.map(\.name)
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

    @Test("every module is found where functions are asked for, whose names are not kept")
    func unknownNames() throws {
        #expect(try find(["f"], kinds: [.structure, .function]) == ["ext4", "xfs"])
    }

    @Test(
        "where names are damaged or missing every module is found; verify says so, and repair makes them anew",
        arguments: [
            ("UPDATE names SET hashes = substr(hashes, 1, length(hashes) - 4)", true),
            ("UPDATE names SET digest = randomblob(32)", true),
            ("UPDATE module_names SET names = x'0100000001000000'", true),
            ("UPDATE module_names SET names = x'01000000'", true),
            ("UPDATE module_names SET names = x'010000'", true),
            ("UPDATE module_names SET seal = zeroblob(8)", true),
            ("PRAGMA foreign_keys = OFF; DELETE FROM names WHERE id = 2", true),
            ("UPDATE names SET hashes = cast(hashes || substr(hashes, 1, 4) AS BLOB)", true),
            ("DELETE FROM module_names", false),
        ]
    )
    func damaged(_ statement: String, isDamage: Bool) throws {
        try fixture.store.close()
        _ = try Tool.run("sqlite3", [fixture.path, statement])
        let store = try HubStore(fixture.path, access: .readWrite)
        #expect(try find(["xfs"], in: store) == ["ext4", "xfs"])
        #expect(try store.verify { _ in } == !isDamage)
        try store.repair { Issue.record("\($0.kernel) was dropped") }
        if isDamage {
            #expect(try find(["xfs"], in: store) == ["xfs"])
            #expect(try store.verify { _ in })
        }
    }

    @Test("optimize notes the names in modules that were stored before names were")
    func filled() throws {
        try fixture.store.close()
        let statement = "DELETE FROM module_names; DELETE FROM names"
        _ = try Tool.run("sqlite3", [fixture.path, statement])
        let store = try HubStore(fixture.path, access: .readWrite)
        #expect(try find(["xfs"], in: store) == ["ext4", "xfs"])
        try store.optimize()
        #expect(try find(["xfs"], in: store) == ["xfs"])
    }
}
