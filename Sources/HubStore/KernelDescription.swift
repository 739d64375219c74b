internal import Foundation
internal import KernelIdentity

/// A kernel of the store as JSON has it, on the command line and over HTTP: keys in snake case, times in ISO 8601, what
/// does not apply left out. docs/operation.md documents the fields.
public struct KernelDescription: Encodable, Sendable {
    private let name: String
    private let distribution: String
    private let version: String
    private let architecture: String
    private let release: String
    private let buildID: String?
    private let btf: BTFDescription
    private let package: PackageDescription?
    private let storedAt: String
    private let modules: [ModuleDescription]?

    private enum CodingKeys: String, CodingKey {
        case name, distribution, version, architecture, release, btf, package, modules
        case buildID = "build_id"
        case storedAt = "stored_at"
    }

    /// Describes a kernel.
    ///
    /// - Parameters:
    ///   - kernel: the kernel.
    ///   - modules: its modules, or nil to leave them out.
    public init(_ kernel: Kernel, modules: [Module]? = nil) {
        name = kernel.name.description
        distribution = kernel.name.distribution
        version = kernel.name.version
        architecture = kernel.name.architecture.rawValue
        release = kernel.name.release
        buildID = kernel.buildID?.description
        btf = BTFDescription(kernel.btf)
        package = kernel.package.map(PackageDescription.init)
        storedAt = kernel.storedAt.formatted(.iso8601)
        self.modules = modules?.map(ModuleDescription.init)
    }
}

private struct BTFDescription: Encodable {
    let sha256: String
    let size: Int

    init(_ btf: BTFReference) {
        sha256 = btf.digest.description
        size = btf.size
    }
}

private struct PackageDescription: Encodable {
    let source: String
    let name: String
    let version: String
    let architecture: String
    let sha256: String?

    init(_ package: SourcePackage) {
        source = package.source
        name = package.name
        version = package.version
        architecture = package.architecture
        sha256 = package.digest?.description
    }
}

private struct ModuleDescription: Encodable {
    let name: String
    let buildID: String?
    let btf: BTFDescription

    enum CodingKeys: String, CodingKey {
        case name, btf
        case buildID = "build_id"
    }

    init(_ module: Module) {
        name = module.name
        buildID = module.buildID?.description
        btf = BTFDescription(module.btf)
    }
}
