import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

/// A store in a folder of its own, and the values that tests put into it.
struct StoreFixture {
    let folder: TemporaryDirectory
    let store: HubStore

    var path: String { store.path }

    init() throws {
        folder = try TemporaryDirectory()
        store = try HubStore(folder.path("hub.db"), access: .create)
    }

    /// BTF that is compiled once for all tests.
    static let btf = Result { try CompiledBTF.kernel("first") }
    static let otherBTF = Result { try CompiledBTF.kernel("second", members: 5) }
    static let moduleBTF = Result {
        let source = "struct task_struct { int pid; int tgid; char comm[16]; struct task_struct *real_parent; };"
        let use = "struct ext4 { struct task_struct *owner; int flags; } ext4; int f(void) { return ext4.flags; }"
        return try CompiledBTF.compile(source + use, base: btf.get())
    }

    static func name(_ release: String, version: String = "12", architecture: String = "x86_64") throws -> KernelName {
        try KernelName(distribution: "debian", version: version, architecture: architecture, release: release)
    }

    static func buildID(_ bytes: UInt8...) throws -> BuildID { try #require(BuildID(bytes: bytes)) }

    static func package(_ name: String = "linux-image", digest: UInt8? = 1) -> SourcePackage {
        SourcePackage(
            source: "debian-apt",
            name: name,
            version: "6.1.192-2",
            architecture: "amd64",
            digest: digest.map { ContentDigest(of: [$0]) }
        )
    }

    static func kernel(
        _ release: String,
        buildID: [UInt8]? = nil,
        btf: [UInt8]? = nil,
        modules: [NewModule] = []
    ) throws -> NewKernel {
        NewKernel(
            name: try name(release),
            buildID: buildID.flatMap { BuildID(bytes: $0) },
            btf: try btf ?? Self.btf.get(),
            modules: modules
        )
    }
}
