import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Damage in modules that are stored as deltas")
struct ModuleDeltaDamageTests {
    /// A store whose rows were changed behind its back.
    private func changed(_ statement: String) throws -> (fixture: StoreFixture, store: HubStore) {
        let fixture = try ModuleSeries.store()
        try fixture.store.close()
        _ = try Tool.run("sqlite3", [fixture.path, statement])
        return (fixture, try HubStore(fixture.path, access: .readWrite))
    }

    @Test("sizes that are too large to be added up are an error")
    func sizes() throws {
        let one = "SET size = 1 << 62 WHERE"
        let (fixture, store) = try changed(
            "UPDATE btf \(one) id = 1; UPDATE module_deltas \(one) kernel_id = (SELECT max(kernel_id) FROM module_deltas)"
        )
        defer { withExtendedLifetime(fixture) {} }
        #expect(throws: StoreError.self) { try store.statistics() }
    }

    /// What stands for the kernel whose modules nothing builds on and that are deltas themselves.
    private static let last = """
        WHERE kernel_id = (SELECT max(kernel_id) FROM module_deltas
            WHERE kernel_id NOT IN (SELECT base_id FROM module_deltas WHERE base_id IS NOT NULL))
        """

    @Test(
        "it is named with its kernel, other kernels stay readable, and adding the kernel again mends it",
        arguments: [
            "deltas = zeroblob(length(deltas))", "deltas = substr(deltas, 1, length(deltas) - 3)",
            "deltas = x''", "identities = zeroblob(length(identities))",
            "identities = substr(identities, 2)", "identities = CAST(identities || x'00' AS BLOB)",
            "count = count + 1", "own = own - 1", "size = size + 1", "size = 1 << 62", "base_id = NULL",
            "base_id = kernel_id", "seal = zeroblob(8)",
        ]
    )
    func row(change: String) throws {
        let (fixture, store) = try changed("UPDATE module_deltas SET \(change) \(Self.last)")
        defer { withExtendedLifetime(fixture) {} }
        var broken: [String] = []
        _ = try store.verify { if !$0.isIntact, case .kernel(let name) = $0.subject { broken.append(name) } }
        #expect(broken.count == 1)
        let all = try (0..<6).map { try StoreFixture.name(SeriesFixture.release($0)) }
        let number = try #require(all.firstIndex { $0.description == broken.first })
        let kernel = try #require(try store.kernel(named: all[number]))
        let error = #expect(throws: StoreError.self) {
            for module in try store.modules(of: kernel) { _ = try store.btf(of: module) }
        }
        #expect(error?.description.contains(all[number].description) == true)
        for other in all.indices where other != number {
            let kernel = try #require(try store.kernel(named: all[other]))
            try ModuleSeries.expect(ModuleSeries.modules.get()[other], of: kernel, in: store)
        }
        #expect(try store.add(ModuleSeries.kernel(number)) == .replaced)
        try ModuleSeries.expectWhole(store)
    }

    @Test("a delta that gives other types is named with its module")
    func otherDelta() throws {
        // The deltas of one kernel in the place of another's, of which as many are over as many modules.
        let (fixture, store) = try changed(
            """
            UPDATE module_deltas AS own SET deltas = (SELECT deltas FROM module_deltas AS other
                WHERE other.count = own.count AND other.own = own.own AND other.kernel_id <> own.kernel_id LIMIT 1)
            WHERE EXISTS (SELECT 1 FROM module_deltas AS other
                WHERE other.count = own.count AND other.own = own.own AND other.kernel_id <> own.kernel_id)
            """
        )
        defer { withExtendedLifetime(fixture) {} }
        var damage: [String] = []
        #expect(try !store.verify { damage += $0.damage })
        #expect(!damage.isEmpty)
        for kernel in try store.kernels().kernels {
            let number = try #require(Int(kernel.name.release.suffix(1)))
            guard let modules = try? store.modules(of: kernel) else { continue }
            for (module, new) in zip(modules, try ModuleSeries.modules.get()[number]) {
                #expect(module.name == new.name)
                do { #expect(try store.btf(of: module) == new.btf) } catch {
                    #expect(error.description.contains("module \(module.name) of \(kernel.name)"))
                }
            }
        }
    }

    @Test("an index that does not lead to build-ids is named, and repair makes it anew")
    func buildIDs() throws {
        let (fixture, store) = try changed("DELETE FROM module_build_ids WHERE kernel_id = 3")
        defer { withExtendedLifetime(fixture) {} }
        #expect(try !store.verify { _ in })
        try store.repair { Issue.record("\($0.kernel) was dropped") }
        try ModuleSeries.expectWhole(store)
    }

    @Test("repair drops a damaged kernel, and what builds on it and is whole stays")
    func repair() throws {
        for change in [
            "UPDATE kernels SET seal = zeroblob(8) WHERE id = 1",
            "UPDATE kernels SET build_id = x'7777' WHERE id = 3",
            "UPDATE modules SET seal = zeroblob(8) WHERE kernel_id = 1 AND name = 'going'",
            "UPDATE btf SET digest = randomblob(32) WHERE id = (SELECT btf_id FROM kernels WHERE id = 2)",
            "UPDATE btf SET payload = zeroblob(length(payload)) WHERE id = (SELECT btf_id FROM kernels WHERE id = 4)",
            "UPDATE module_deltas SET deltas = zeroblob(9) WHERE kernel_id = 3",
        ] {
            let (fixture, store) = try changed(change)
            defer { withExtendedLifetime(fixture) {} }
            var broken: Set<String> = []
            _ = try store.verify { result in
                if !result.isIntact, case .kernel(let name) = result.subject { broken.insert(name) }
            }
            #expect(!broken.isEmpty)
            var dropped: Set<String> = []
            try store.repair { dropped.insert($0.kernel) }
            #expect(dropped == broken, "\(change)")
            let names = try (0..<6).map { try StoreFixture.name(SeriesFixture.release($0)).description }
            try ModuleSeries.expectWhole(store, (0..<6).filter { !dropped.contains(names[$0]) })
            for number in 0..<6 { try store.add(ModuleSeries.kernel(number)) }
            try ModuleSeries.expectWhole(store)
        }
    }

    @Test("flipped bytes in the table of deltas never give wrong bytes", arguments: 0..<4)
    func flippedBytes(seed: UInt64) throws {
        let fixture = try ModuleSeries.store()
        try fixture.store.close()
        let intact = Array(try Data(contentsOf: URL(filePath: fixture.path)))
        let script = "SELECT group_concat(pageno) FROM dbstat WHERE name IN ('module_deltas', 'module_build_ids')"
        let pages = try Tool.run("sqlite3", [fixture.path, script]).text.split(separator: ",")
            .compactMap { Int($0.filter(\.isNumber)) }
        try #require(!pages.isEmpty)
        let folder = try TemporaryDirectory()
        var generator = SeededGenerator(seed: seed)
        var damaged = 0
        for _ in 0..<60 {
            var bytes = intact
            let page = try #require(pages.randomElement(using: &generator))
            let place = (page - 1) * 4096 + Int.random(in: 0..<4096, using: &generator)
            bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
            let path = folder.path("hub.db")
            try Data(bytes).write(to: URL(filePath: path))
            let store = try HubStore(path, access: .readOnly)
            var whole = 0
            for number in 0..<6 {
                let name = try StoreFixture.name(SeriesFixture.release(number))
                let new = try ModuleSeries.modules.get()[number]
                do {
                    let kernel = try #require(try store.kernel(named: name))
                    let modules = try store.modules(of: kernel)
                    for module in modules {
                        let expected = try #require(new.first { $0.name == module.name })
                        #expect(module.buildID == expected.buildID)
                        #expect(try store.btf(of: module) == expected.btf)
                    }
                    if modules.count == new.count { whole += 1 }
                } catch is StoreError {}
            }
            var isIntact = false
            do { isIntact = try store.verify { _ in } } catch is StoreError {}
            #expect(whole == 6 || !isIntact)
            if whole < 6 { damaged += 1 }
        }
        #expect(damaged > 0)
    }
}
