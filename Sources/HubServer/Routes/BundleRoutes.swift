internal import Archive
internal import Bundler
internal import HubStore
internal import Hummingbird
internal import KernelIdentity
internal import Minimizer

extension Hub {
    /// Adds the making of bundles.
    func addBundleRoutes(to router: Router<BasicRequestContext>) {
        router.post("/v1/bundles") { request, _ in
            try await uploads.pass { try await makeBundle(request) }
        }
    }

    private func makeBundle(_ request: Request) async throws -> Response {
        let query = try Query(request, known: Query.filter.union(["layout", "modules", "compression", "name"]))
        let layout = try choice(query, "layout", of: BundleLayout.self) ?? .btfhub
        let modules = try choice(query, "modules", of: ModuleUse.self) ?? .merged
        let compression = try choice(query, "compression", of: Compression.self)
        let name = query["name"] ?? "program"
        let body = try await upload(request)
        let filter = query.filter
        let store = store
        let plan = try await making.run {
            do {
                let request = try BundleRequest(
                    requests: try Self.requests(in: body, named: name),
                    filter: filter,
                    modules: modules,
                    layout: layout,
                    compression: compression
                )
                return try BundlePlan(request, from: store)
            } catch let error as BundleRequestError {
                throw HubError.badRequest(error.description)
            }
        }
        guard !plan.kernels.isEmpty else {
            if let damaged = plan.damaged.first { throw damaged }
            throw HubError.notFound("no kernel of this hub matches; /v1/kernels lists what it holds")
        }
        let solutions = solutionFolder
        let file = try await cache.file(for: plan.identity, on: making) { sink in
            // What could not be read may be readable next time.
            try plan.write(cache: solutions, to: sink).isComplete
        }
        let representation = Representation(
            digest: file.digest,
            size: file.size,
            mediaType: plan.request.compression.tarMediaType,
            fileName: "bundle" + plan.request.compression.tarSuffix,
            content: { .file(file) }
        )
        return try await representation.response(to: request)
    }

    /// Reads the body into memory, up to the limit.
    private func upload(_ request: Request) async throws -> [UInt8] {
        let tooLarge = HubError(
            status: .contentTooLarge,
            message: "the body has more than \(uploadLimit) bytes, the most that this server takes"
        )
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > uploadLimit { throw tooLarge }
        var bytes: [UInt8] = []
        for try await piece in request.body {
            guard bytes.count + piece.readableBytes <= uploadLimit else { throw tooLarge }
            bytes += piece.readableBytesView
        }
        guard !bytes.isEmpty else {
            throw HubError.badRequest("the body is empty; send a BPF object: curl --data-binary @app.o URL")
        }
        return bytes
    }

    /// Reads a body that is a BPF object, or a relocation request log in JSON.
    private static func requests(in body: [UInt8], named name: String) throws -> RelocationRequestLog {
        do {
            return RelocationRequestLog(objects: try ProgramRequests.read(body, name: name))
        } catch let error as BPFObjectError {
            throw HubError(status: .unprocessableContent, message: error.description)
        } catch let error as RequestLogError {
            throw HubError(status: .unprocessableContent, message: error.description)
        }
    }

    private func choice<Value: RawRepresentable & CaseIterable>(
        _ query: Query,
        _ name: String,
        of type: Value.Type
    ) throws -> Value? where Value.RawValue == String {
        guard let text = query[name] else { return nil }
        guard let chosen = Value(rawValue: text) else {
            let list = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError.badRequest("\(name) '\(text.prefix(50))' is not known; there are \(list)")
        }
        return chosen
    }
}
