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

/// A kernel with the URLs of its files, as JSON has it.
private struct KernelBody: Encodable {
    let description: KernelDescription
    /// URLs by the kind of file.
    let files: [String: String]

    private enum CodingKeys: String, CodingKey { case files }

    init(_ kernel: Kernel, modules: [Module]? = nil) {
        description = KernelDescription(kernel, modules: modules)
        files = Dictionary(
            uniqueKeysWithValues: KernelFile.allCases.map {
                (String($0.suffix.dropFirst()), "/" + Query.encode($0.path(of: kernel.name)))
            }
        )
    }

    func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(files, forKey: .files)
    }
}
