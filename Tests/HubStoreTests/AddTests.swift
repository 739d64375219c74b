import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Adding kernels")
struct AddTests {
    @Test("a kernel comes back as it went in, with its ledger entry")
    func roundTrip() throws {
        let fixture = try StoreFixture()
        let time = Date(timeIntervalSince1970: 1_700_000_000)
        let package = StoreFixture.package()
        let new = try StoreFixture.kernel("6.1.0-56-cloud-amd64", buildID: [0xab, 0xcd])
        #expect(try fixture.store.add(new, from: package, at: time) == .stored)

        let kernel = try #require(try fixture.store.kernel(named: new.name))
        #expect(kernel.name == new.name)
        #expect(kernel.buildID == new.buildID)
        #expect(kernel.btf.size == new.btf.count)
        #expect(kernel.btf.digest == ContentDigest(of: new.btf))
        #expect(kernel.package == package)
        #expect(kernel.storedAt == time)
        #expect(try fixture.store.btf(of: kernel) == new.btf)
        #expect(try fixture.store.btf(digest: kernel.btf.digest) == new.btf)
        let entry = try #require(try fixture.store.ledgerEntry(for: package))
        #expect(entry.outcome == .stored)
        #expect(entry.attempts == 1)
        #expect(entry.recordedAt == time)
    }

    @Test("adding the same again changes nothing but the ledger")
    func unchanged() throws {
        let fixture = try StoreFixture()
        let new = try StoreFixture.kernel("6.1.0-56", buildID: [1])
        try fixture.store.add(new, from: StoreFixture.package())
        #expect(try fixture.store.add(new, from: StoreFixture.package()) == .unchanged)
        #expect(try fixture.store.ledgerEntry(for: StoreFixture.package())?.attempts == 2)
        #expect(try fixture.store.statistics().distinctBTF == 1)
    }

    @Test("other BTF of the same build replaces the old, which is removed")
    func replacedBuild() throws {
        let fixture = try StoreFixture()
        try fixture.store.add(try StoreFixture.kernel("6.1.0-56", buildID: [1]))
        let new = try StoreFixture.kernel("6.1.0-56", buildID: [1], btf: StoreFixture.otherBTF.get())
        #expect(try fixture.store.add(new) == .replaced)
        let kernel = try #require(try fixture.store.kernel(named: new.name))
        #expect(try fixture.store.btf(of: kernel) == new.btf)
        #expect(try fixture.store.builds(named: new.name).count == 1)
        #expect(try fixture.store.statistics().distinctBTF == 1)
        #expect(try fixture.store.btf(digest: ContentDigest(of: StoreFixture.btf.get())) == nil)
    }

    @Test("another build takes the name over, and the earlier one is found by its build-id")
    func supersededBuild() throws {
        let fixture = try StoreFixture()
        let old = try StoreFixture.kernel("6.1.0-56", buildID: [1])
        let new = try StoreFixture.kernel("6.1.0-56", buildID: [2], btf: StoreFixture.otherBTF.get())
        try fixture.store.add(old)
        #expect(try fixture.store.add(new) == .replaced)
        let current = try #require(try fixture.store.kernel(named: new.name))
        #expect(current.buildID == new.buildID)
        let earlier = try #require(try fixture.store.kernel(buildID: StoreFixture.buildID(1)))
        #expect(earlier.supersededAt != nil)
        #expect(try fixture.store.btf(of: earlier) == old.btf)
        #expect(try fixture.store.kernels().kernels == [current])
        #expect(try fixture.store.builds(named: new.name) == [current, earlier])

        #expect(try fixture.store.add(old) == .replaced)
        #expect(try fixture.store.kernel(named: old.name)?.buildID == old.buildID)
        #expect(try fixture.store.builds(named: old.name).count == 2)
    }

    @Test("identical BTF of several kernels and modules is stored once")
    func shared() throws {
        let fixture = try StoreFixture()
        let split = try StoreFixture.moduleBTF.get()
        let modules = [
            NewModule(name: "nfs", buildID: nil, btf: split),
            NewModule(name: "ext4", buildID: BuildID(bytes: [7]), btf: split),
        ]
        try fixture.store.add(try StoreFixture.kernel("6.1.0-55", modules: modules))
        try fixture.store.add(try StoreFixture.kernel("6.1.0-56", modules: modules))
        let statistics = try fixture.store.statistics()
        #expect(statistics.distinctBTF == 2)
        #expect(statistics.modules == 4)
        #expect(statistics.kernels == 2)

        let kernel = try #require(try fixture.store.kernel(named: StoreFixture.name("6.1.0-55")))
        let stored = try fixture.store.modules(of: kernel)
        #expect(stored.map(\.name) == ["ext4", "nfs"])
        #expect(try fixture.store.moduleCount(of: kernel) == 2)
        #expect(try fixture.store.btf(of: stored[0]) == split)
        let found = try #require(try fixture.store.module(buildID: StoreFixture.buildID(7)))
        #expect(found.module.name == "ext4")
        #expect(found.kernel.name == (try StoreFixture.name("6.1.0-56")))
    }

    @Test("a changed module replaces the build")
    func changedModule() throws {
        let fixture = try StoreFixture()
        let module = NewModule(name: "ext4", buildID: nil, btf: try StoreFixture.moduleBTF.get())
        try fixture.store.add(try StoreFixture.kernel("6.1.0-55", modules: [module]))
        #expect(try fixture.store.add(try StoreFixture.kernel("6.1.0-55", modules: [module])) == .unchanged)
        #expect(try fixture.store.add(try StoreFixture.kernel("6.1.0-55")) == .replaced)
        #expect(try fixture.store.statistics().modules == 0)
        #expect(try fixture.store.statistics().distinctBTF == 1)
    }

    @Test("what is no BTF is refused, and neither kernel nor ledger know of it")
    func garbage() throws {
        let fixture = try StoreFixture()
        var cut = try StoreFixture.btf.get()
        cut.removeLast(7)
        for bytes in [[], [1, 2, 3], cut] as [[UInt8]] {
            let new = try StoreFixture.kernel("6.1.0-56", btf: bytes)
            let error = #expect(throws: StoreError.self) {
                try fixture.store.add(new, from: StoreFixture.package())
            }
            guard case .invalidBTF(let subject, _) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(subject == new.name.description)
        }
        #expect(try fixture.store.kernels().kernels.isEmpty)
        #expect(try fixture.store.ledgerEntry(for: StoreFixture.package()) == nil)
    }

    @Test("a module that is not split over the kernel's BTF is refused")
    func garbageModule() throws {
        let fixture = try StoreFixture()
        let module = NewModule(name: "ext4", buildID: nil, btf: [0x9f, 0xeb])
        let error = #expect(throws: StoreError.self) {
            try fixture.store.add(try StoreFixture.kernel("6.1.0-56", modules: [module]))
        }
        #expect(error?.description.contains("module ext4 of debian/12/x86_64/6.1.0-56") == true)
    }
}
