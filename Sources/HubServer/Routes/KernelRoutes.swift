internal import Foundation
internal import HubStore
internal import Hummingbird
internal import KernelIdentity

extension Hub {
    /// Adds the list of kernels and the description of one, as JSON.
    func addKernelRoutes(to router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/v1/kernels", method: method) { request, _ in try await list(request) }
            router.on("/v1/kernels/:distribution/:version/:architecture/:release", method: method) { request, context in
                try await show(request, context)
            }
        }
    }

    private func list(_ request: Request) async throws -> Response {
        let query = try Query(request, known: Query.filter.union(["after", "limit"]))
        let limit = try query["limit"].map { text in
            guard let limit = Int(text), (1...1000).contains(limit) else {
                throw HubError.badRequest("limit must be a number from 1 to 1000")
            }
            return limit
        }
        let after = try query["after"].map { try KernelName(parsing: $0) }
        let store = store
        let filter = query.filter
        let page = try await reading.run { try store.kernels(matching: filter, after: after, limit: limit ?? 256) }
        var next = query.filterItems
        if let limit { next.append(("limit", String(limit))) }
        if let name = page.next { next.append(("after", name.description)) }
        return .json(
            KernelListBody(
                kernels: page.kernels.map { KernelBody($0) },
                next: page.next == nil ? nil : "/v1/kernels?" + Query.string(next),
                damaged: page.damaged.isEmpty ? nil : page.damaged.count
            )
        )
    }

    private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let name = try KernelName(
            distribution: try context.pathPart("distribution"),
            version: try context.pathPart("version"),
            architecture: try context.pathPart("architecture"),
            release: try context.pathPart("release")
        )
        let kernel = try await kernel(named: name)
        let store = store
        let modules = try await reading.run { try store.modules(of: kernel) }
        return .json(KernelBody(kernel, modules: modules))
    }
}

/// A page of the list, as JSON has it.
private struct KernelListBody: Encodable {
    let kernels: [KernelBody]
    /// The URL of the next page; missing on the last.
    let next: String?
    /// How many kernels of this page are damaged in the store and left out; missing when none is.
    let damaged: Int?
}

/// A kernel, as JSON has it.
private struct KernelBody: Encodable {
    let name: String
    let distribution: String
    let version: String
    let architecture: String
    let release: String
    let buildId: String?
    let btf: BTFBody
    let package: PackageBody?
    let storedAt: Date
    /// URLs by the kind of file.
    let files: [String: String]
    let modules: [ModuleBody]?

    init(_ kernel: Kernel, modules: [Module]? = nil) {
        name = kernel.name.description
        distribution = kernel.name.distribution
        version = kernel.name.version
        architecture = kernel.name.architecture.rawValue
        release = kernel.name.release
        buildId = kernel.buildID?.description
        btf = BTFBody(kernel.btf)
        package = kernel.package.map(PackageBody.init)
        storedAt = kernel.storedAt
        files = Dictionary(
            uniqueKeysWithValues: KernelFile.allCases.map {
                (String($0.suffix.dropFirst()), "/" + Query.encode($0.path(of: kernel.name)))
            }
        )
        self.modules = modules?.map(ModuleBody.init)
    }
}

private struct BTFBody: Encodable {
    let sha256: String
    let size: Int

    init(_ btf: BTFReference) {
        sha256 = btf.digest.description
        size = btf.size
    }
}

private struct PackageBody: Encodable {
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

private struct ModuleBody: Encodable {
    let name: String
    let buildId: String?
    let btf: BTFBody

    init(_ module: Module) {
        name = module.name
        buildId = module.buildID?.description
        btf = BTFBody(module.btf)
    }
}
