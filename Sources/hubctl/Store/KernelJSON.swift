import Foundation
import HubStore
import KernelIdentity

/// A module of the archive, beside the JSON type of the same name.
typealias StoredModule = Module

/// A kernel as `--format json` prints it; docs/operation.md documents the fields.
struct KernelJSON: Encodable {
    struct Package: Encodable {
        let source: String
        let name: String
        let version: String
        let architecture: String
        let sha256: String?
    }
    struct Module: Encodable {
        let name: String
        let buildID: String?
        let sha256: String
        let size: Int

        enum CodingKeys: String, CodingKey {
            case name, sha256, size
            case buildID = "build_id"
        }
    }

    let kernel: String
    let distro: String
    let version: String
    let arch: String
    let release: String
    let buildID: String?
    let sha256: String
    let size: Int
    let storedAt: String
    let package: Package?
    let modules: [Module]?

    enum CodingKeys: String, CodingKey {
        case kernel, distro, version, arch, release, sha256, size, package, modules
        case buildID = "build_id"
        case storedAt = "stored_at"
    }

    init(_ kernel: Kernel, modules: [StoredModule]? = nil) {
        self.kernel = kernel.name.description
        distro = kernel.name.distribution
        version = kernel.name.version
        arch = kernel.name.architecture.rawValue
        release = kernel.name.release
        buildID = kernel.buildID?.description
        sha256 = kernel.btf.digest.description
        size = kernel.btf.size
        storedAt = kernel.storedAt.formatted(.iso8601)
        package = kernel.package.map {
            Package(
                source: $0.source,
                name: $0.name,
                version: $0.version,
                architecture: $0.architecture,
                sha256: $0.digest?.description
            )
        }
        self.modules = modules?.map {
            Module(
                name: $0.name,
                buildID: $0.buildID?.description,
                sha256: $0.btf.digest.description,
                size: $0.btf.size
            )
        }
    }
}
