import BTF
import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Damaged files")
struct DamageTests {
    /// The bytes of a store with three kernels and two modules, its log merged into it.
    private static let intact = Result {
        let fixture = try StoreFixture()
        let modules = [NewModule(name: "ext4", buildID: BuildID(bytes: [9]), btf: try StoreFixture.moduleBTF.get())]
        try fixture.store.add(
            try StoreFixture.kernel("6.1.0-1", buildID: [1], modules: modules),
            from: StoreFixture.package("first")
        )
        try fixture.store.add(try StoreFixture.kernel("6.1.0-2", buildID: [2], modules: modules))
        let other = try StoreFixture.otherBTF.get()
        try fixture.store.add(try StoreFixture.kernel("6.1.0-3", btf: other))
        try fixture.store.close()
        return Array(try Data(contentsOf: URL(filePath: fixture.path)))
    }

    private static func expected() throws -> [KernelName: [UInt8]] {
        try [
            StoreFixture.name("6.1.0-1"): StoreFixture.btf.get(),
            StoreFixture.name("6.1.0-2"): StoreFixture.btf.get(),
            StoreFixture.name("6.1.0-3"): StoreFixture.otherBTF.get(),
        ]
    }

    /// Reads everything; wrong bytes fail the test, errors of the store's own do not.
    private func readAll(_ path: String) throws {
        let expected = try Self.expected()
        do {
            let store = try HubStore(path, access: .readOnly)
            var search = ModuleSearch(forTypesNamed: [Array("ext4".utf8)], ofKinds: [.structure])
            for kernel in try store.kernels().kernels {
                guard let original = expected[kernel.name] else {
                    Issue.record("a kernel that was never stored: \(kernel.name)")
                    continue
                }
                do { #expect(try store.btf(of: kernel) == original) } catch {}
                do {
                    if case .these(let modules) = try search.modules(of: kernel, in: store) {
                        #expect(modules.map(\.name) == ["ext4"])
                    }
                } catch {}
                do {
                    for module in try store.modules(of: kernel) {
                        #expect(module.name == "ext4")
                        #expect(try store.btf(of: module) == StoreFixture.moduleBTF.get())
                    }
                } catch {}
            }
            for (name, original) in expected {
                do {
                    if let kernel = try store.kernel(named: name) { #expect(try store.btf(of: kernel) == original) }
                } catch {}
            }
            do { _ = try store.ledger() } catch {}
            do { try store.verify { _ in } } catch {}
        } catch {}
    }

    @Test("flipped bits never give wrong bytes", arguments: 0..<8)
    func flippedBits(seed: UInt64) throws {
        let folder = try TemporaryDirectory()
        let intact = try Self.intact.get()
        var generator = SeededGenerator(seed: seed)
        for round in 0..<40 {
            var bytes = intact
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let path = folder.path("\(round).db")
            try Data(bytes).write(to: URL(filePath: path))
            try readAll(path)
        }
    }

    @Test(
        "a file that was cut off never gives wrong bytes",
        arguments: [0, 1, 16, 99, 100, 4096, 5000, 20_000, 40_000]
    )
    func cut(length: Int) throws {
        let folder = try TemporaryDirectory()
        try Data(try Self.intact.get().prefix(length)).write(to: URL(filePath: folder.path("hub.db")))
        try readAll(folder.path("hub.db"))
    }

    /// Changes a store's rows behind its back.
    private func change(_ path: String, _ sql: String) throws {
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        try Tool.run("python3", ["-c", script, path, sql])
    }

    private func damagedStore(_ sql: String) throws -> (folder: TemporaryDirectory, store: HubStore) {
        let folder = try TemporaryDirectory()
        try Data(try Self.intact.get()).write(to: URL(filePath: folder.path("hub.db")))
        try change(folder.path("hub.db"), sql)
        return (folder, try HubStore(folder.path("hub.db"), access: .readWrite))
    }

    @Test(
        "damaged BTF is named with its kernel, other kernels stay readable, and adding it again mends it",
        arguments: [
            "UPDATE btf SET payload = zeroblob(length(payload))",
            "UPDATE btf SET payload = substr(payload, 1, length(payload) - 9)",
            "UPDATE btf SET payload = CAST(payload || x'00' AS BLOB)",
            "UPDATE btf SET size = size + 1",
            "UPDATE btf SET size = 1 << 62",
            "UPDATE btf SET encoding = 99",
            "UPDATE btf SET payload = (SELECT payload FROM btf WHERE id = 1)",
        ]
    )
    func damagedBTF(change: String) throws {
        let (folder, store) = try damagedStore(
            change + " WHERE id = (SELECT btf_id FROM kernels WHERE release = '6.1.0-3')"
        )
        defer { withExtendedLifetime(folder) {} }
        let damaged = try #require(try store.kernel(named: StoreFixture.name("6.1.0-3")))
        let error = #expect(throws: StoreError.self) { try store.btf(of: damaged) }
        #expect(error?.description.contains("debian/12/x86_64/6.1.0-3") == true)
        let whole = try #require(try store.kernel(named: StoreFixture.name("6.1.0-1")))
        #expect(try store.btf(of: whole) == StoreFixture.btf.get())

        var broken: [Verification.Subject] = []
        let isIntact = try store.verify { if !$0.isIntact { broken.append($0.subject) } }
        #expect(!isIntact)
        #expect(broken == [.kernel("debian/12/x86_64/6.1.0-3")])

        try store.add(try StoreFixture.kernel("6.1.0-3", btf: StoreFixture.otherBTF.get()))
        #expect(try store.verify { _ in })
    }

    @Test(
        "a row that does not match its seal is named and not served",
        arguments: [
            "UPDATE kernels SET release = '6.1.0-4' WHERE release = '6.1.0-3'",
            "UPDATE kernels SET btf_id = 1 WHERE release = '6.1.0-3'",
            "UPDATE kernels SET build_id = x'0102' WHERE release = '6.1.0-3'",
            "UPDATE kernels SET seal = x'0000000000000000' WHERE release = '6.1.0-3'",
            "UPDATE kernels SET architecture = '../..' WHERE release = '6.1.0-3'",
        ]
    )
    func damagedRow(change: String) throws {
        let (folder, store) = try damagedStore(change)
        defer { withExtendedLifetime(folder) {} }
        let page = try store.kernels()
        #expect(page.kernels.map(\.name.release) == ["6.1.0-1", "6.1.0-2"])
        #expect(page.damaged.count == 1)
        #expect(throws: StoreError.self) { try store.kernel(named: StoreFixture.name("6.1.0-3")) }
        #expect(try !store.verify { _ in })
        try store.add(try StoreFixture.kernel("6.1.0-3", btf: StoreFixture.otherBTF.get()))
        #expect(try store.kernels().kernels.map(\.name.release) == ["6.1.0-1", "6.1.0-2", "6.1.0-3"])
    }

    @Test("a module that does not match its seal is named")
    func damagedModule() throws {
        let (folder, store) = try damagedStore("UPDATE modules SET name = 'xfs' WHERE kernel_id = 1")
        defer { withExtendedLifetime(folder) {} }
        let kernel = try #require(try store.kernel(named: StoreFixture.name("6.1.0-1")))
        let error = #expect(throws: StoreError.self) { try store.modules(of: kernel) }
        #expect(error?.description.contains("module xfs of debian/12/x86_64/6.1.0-1") == true)
        #expect(try !store.verify { _ in })
    }
}
