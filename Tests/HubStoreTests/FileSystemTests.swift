import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

/// Needs a small file system of its own, which only root can mount.
@Suite(
    "Full and read-only file systems",
    .enabled(if: SmallFileSystem.isAvailable, "only root can mount a small file system")
)
struct FileSystemTests {
    @Test("a full disk is one clear error, and the store stays as it was")
    func full() throws {
        let mount = try SmallFileSystem(kilobytes: 512)
        let store = try HubStore(mount.path("hub.db"), access: .create)
        try store.add(try StoreFixture.kernel("6.1.0-1"), from: StoreFixture.package("first"))
        let filler = try mount.fill(leaving: 16)
        // Incompressible names make the BTF larger than what is left.
        let big = try CompiledBTF.kernel("big_\(UUID().uuidString.replacing("-", with: "_"))", members: 20_000)
        #expect(throws: StoreError.full(path: store.path)) {
            try store.add(try StoreFixture.kernel("6.1.0-2", btf: big), from: StoreFixture.package("second"))
        }
        #expect(try store.kernels().kernels.map(\.name.release) == ["6.1.0-1"])
        #expect(try store.ledgerEntry(for: StoreFixture.package("second")) == nil)
        #expect(try store.verify { _ in })

        try FileManager.default.removeItem(atPath: filler)
        #expect(try store.add(try StoreFixture.kernel("6.1.0-2", btf: big)) == .stored)
        #expect(try store.verify { _ in })
        try store.close()
    }

    @Test("a store cannot be made on a full disk, and nothing is left that looks like one")
    func fullAtCreation() throws {
        let mount = try SmallFileSystem(kilobytes: 64)
        let filler = try mount.fill(leaving: 8)
        #expect(throws: StoreError.full(path: mount.path("hub.db"))) {
            try HubStore(mount.path("hub.db"), access: .create)
        }
        try FileManager.default.removeItem(atPath: filler)
        #expect(throws: StoreError.self) { try HubStore(mount.path("hub.db"), access: .readOnly) }
    }

    @Test("a store on a read-only file system can be read and not written")
    func readOnly() throws {
        let mount = try SmallFileSystem(kilobytes: 1024)
        let path = mount.path("hub.db")
        let store = try HubStore(path, access: .create)
        try store.add(try StoreFixture.kernel("6.1.0-1"))
        try store.close()
        try mount.makeReadOnly()
        let reader = try HubStore(path, access: .readOnly)
        #expect(try reader.kernels().kernels.count == 1)
        #expect(try reader.snapshot().kernels().kernels.count == 1)
        try reader.close()
        for access in [HubStore.Access.readWrite, .create] {
            #expect(throws: StoreError.readOnly(path: path)) { try HubStore(path, access: access) }
        }
    }
}
