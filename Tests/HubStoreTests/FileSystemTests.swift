import Foundation
import KernelIdentity
import HubStore
import KernelIdentity
import TestSupport
import Testing

/// Needs a small file system of its own, which only root can mount.
@Suite("Full and read-only file systems", .enabled(if: TemporaryMount.isAllowed))
struct FileSystemTests {
    @Test("a full disk is one clear error, and the store stays as it was")
    func full() throws {
        let mount = try TemporaryMount(kilobytes: 512)
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
        let mount = try TemporaryMount(kilobytes: 64)
        let filler = try mount.fill(leaving: 8)
        #expect(throws: StoreError.full(path: mount.path("hub.db"))) {
            try HubStore(mount.path("hub.db"), access: .create)
        }
        try FileManager.default.removeItem(atPath: filler)
        #expect(throws: StoreError.self) { try HubStore(mount.path("hub.db"), access: .readOnly) }
    }

    @Test("a store on a read-only file system can be read and not written")
    func readOnly() throws {
        let mount = try TemporaryMount(kilobytes: 1024)
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

/// A file system in memory, unmounted when the last reference to it goes.
final class TemporaryMount {
    private let folder: TemporaryDirectory

    static let isAllowed = getuid() == 0 && (try? TemporaryMount(kilobytes: 64)) != nil

    init(kilobytes: Int) throws {
        folder = try TemporaryDirectory()
        try Tool.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.url.path])
    }

    deinit { _ = try? Tool.attempt("umount", ["--lazy", folder.url.path]) }

    func path(_ name: String) -> String { folder.path(name) }

    func makeReadOnly() throws { try Tool.run("mount", ["-o", "remount,ro", folder.url.path]) }

    /// Fills it up but for some kilobytes and returns the path of the file that does it.
    func fill(leaving kilobytes: Int) throws -> String {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder.url.path)
        let free = try #require((attributes[.systemFreeSize] as? NSNumber)?.intValue)
        try Data(count: max(free - kilobytes * 1024, 0)).write(to: URL(filePath: path("filler")))
        return path("filler")
    }
}
