import BTF
import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Modules stored as what they add to another kernel's")
struct ModuleDeltaTests {
    private func sql(_ path: String, _ statement: String) throws -> String {
        try Tool.run("sqlite3", [path, statement]).text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("modules that stay, change, come and go come out as they went in, and have rows of their own only where new")
    func series() throws {
        let fixture = try ModuleSeries.store()
        try ModuleSeries.expectWhole(fixture.store)
        let all = try ModuleSeries.modules.get()
        #expect(try fixture.store.statistics().modules == all.reduce(0) { $0 + $1.count })
        #expect(try fixture.store.ledger().map(\.modules) == all.map(\.count))
        // Those of the first kernel, and the one that comes later, once or with each kernel that builds on one without it.
        let rows = try #require(Int(sql(fixture.path, "SELECT count(*) FROM modules")))
        #expect(rows > all[0].count && rows <= all[0].count + 4)
        try ModuleSeries.expectWhole(try HubStore(fixture.path, access: .readOnly), (0..<6).reversed())
        #expect(try fixture.store.module(buildID: StoreFixture.buildID(1, 2, 3, 4)) == nil)
    }

    @Test("a kernel that comes again changes nothing")
    func again() throws {
        let fixture = try ModuleSeries.store()
        let count = "SELECT (SELECT count(*) FROM btf) || ' ' || (SELECT count(*) FROM kernels)"
        let before = try sql(fixture.path, count)
        for number in 0..<6 {
            #expect(try fixture.store.add(ModuleSeries.kernel(number)) == .unchanged)
            let bare = try StoreFixture.kernel(
                SeriesFixture.release(number),
                buildID: [UInt8(number + 1)],
                btf: SeriesFixture.kernels.get()[number].kernel
            )
            let kept = NewKernel(name: bare.name, buildID: bare.buildID, btf: bare.btf, keepsStoredModules: true)
            #expect(try fixture.store.add(kept) == .unchanged)
        }
        #expect(try sql(fixture.path, count) == before)
        try ModuleSeries.expectWhole(fixture.store)
    }

    @Test("a module whose bytes are those of another kernel with the same BTF costs its build-id")
    func sameBTF() throws {
        let fixture = try StoreFixture()
        try fixture.store.add(ModuleSeries.kernel(0))
        let modules = try ModuleSeries.modules.get()[0].map {
            NewModule(name: $0.name, buildID: ModuleSeries.buildID($0.name, 100), btf: $0.btf)
        }
        let new = try StoreFixture.kernel("6.1.0-100", btf: SeriesFixture.kernels.get()[0].kernel, modules: modules)
        #expect(try fixture.store.add(new) == .stored)
        let kernel = try #require(try fixture.store.kernel(named: new.name))
        try ModuleSeries.expect(modules, of: kernel, in: fixture.store)
        try ModuleSeries.expectWhole(fixture.store, [0])
        #expect(
            try sql(fixture.path, "SELECT own, length(identities), length(deltas) < 40 FROM module_deltas")
                == "0|\(20 * modules.count)|1"
        )
        #expect(try fixture.store.statistics().distinctBTF == modules.count + 1)
    }

    @Test("a kernel that others build on can be replaced, and what builds on it stays", arguments: 0..<6)
    func replaced(number: Int) throws {
        let fixture = try ModuleSeries.store()
        // The same build with other BTF, and then with one module alone.
        let other = try StoreFixture.kernel(
            SeriesFixture.release(number),
            buildID: [UInt8(number + 1)],
            btf: StoreFixture.otherBTF.get()
        )
        #expect(try fixture.store.add(other) == .replaced)
        try ModuleSeries.expectWhole(fixture.store, (0..<6).filter { $0 != number })
        let one = try StoreFixture.kernel(
            SeriesFixture.release(number),
            buildID: [UInt8(number + 1)],
            btf: SeriesFixture.kernels.get()[number].kernel,
            modules: Array(ModuleSeries.modules.get()[number].prefix(1))
        )
        #expect(try fixture.store.add(one) == .replaced)
        #expect(try fixture.store.add(ModuleSeries.kernel(number)) == .replaced)
        try ModuleSeries.expectWhole(fixture.store)
        try fixture.store.optimize()
        try ModuleSeries.expectWhole(fixture.store)
        #expect(try sql(fixture.path, "SELECT count(*) FROM module_deltas") != "0")
    }

    @Test("a build that another one supersedes keeps its modules, and others may build on them")
    func superseded() throws {
        let fixture = try ModuleSeries.store()
        let new = try ModuleSeries.kernel(2, buildID: [99])
        #expect(try fixture.store.add(new) == .replaced)
        let builds = try fixture.store.builds(named: new.name)
        #expect(builds.count == 2)
        for build in builds {
            let modules = try fixture.store.modules(of: build)
            #expect(try modules.map { try fixture.store.btf(of: $0) } == new.modules.map(\.btf))
        }
        #expect(try fixture.store.verify { _ in })
    }

    @Test("writers that add kernels with modules at once lose nothing", arguments: 0..<3)
    func writers(round: Int) async throws {
        let fixture = try StoreFixture()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    try HubStore(fixture.path, access: .readWrite).add(ModuleSeries.kernel(number))
                    // Twice the same build, of which one goes while others may be building on it.
                    let next = try ModuleSeries.kernel((number + 1) % 6)
                    try HubStore(fixture.path, access: .readWrite).add(next)
                }
            }
            try await group.waitForAll()
        }
        try ModuleSeries.expectWhole(fixture.store)
        try fixture.store.optimize()
        try ModuleSeries.expectWhole(fixture.store)
    }

    @Test("a module that was looked up is read wherever it is stored since")
    func moved() throws {
        let fixture = try ModuleSeries.store()
        let kernels = try fixture.store.kernels().kernels
        let found = try kernels.flatMap { try fixture.store.modules(of: $0) }
        // A kernel with other modules takes the place of one that others build on.
        let first = try StoreFixture.kernel(
            SeriesFixture.release(0),
            buildID: [1],
            btf: SeriesFixture.kernels.get()[0].kernel
        )
        #expect(try fixture.store.add(first) == .replaced)
        let modules = try ModuleSeries.modules.get()
        for (module, new) in zip(found, modules.joined()).dropFirst(modules[0].count) {
            #expect(try fixture.store.btf(of: module) == new.btf)
        }
    }
}
