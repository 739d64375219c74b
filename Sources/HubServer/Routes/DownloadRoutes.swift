internal import HubStore
internal import Hummingbird
internal import KernelIdentity

extension Hub {
    /// Adds the archive's own URLs, and debuginfod's.
    func addDownloadRoutes(to router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/:distribution/:version/:architecture/:file", method: method) { request, context in
                try await download(request, context)
            }
            router.on("/buildid/:buildid/section/.BTF", method: method) { request, context in
                try await downloadSection(request, context)
            }
        }
    }

    private func download(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let fileName = try context.pathPart("file")
        guard let (release, file) = KernelFile.parse(fileName) else {
            let endings = KernelFile.allCases.map(\.suffix).joined(separator: ", ")
            throw HubError.notFound(
                "'\(fileName.prefix(200))' is none of the archive's files, whose names end in \(endings)"
            )
        }
        let name = try KernelName(
            distribution: try context.pathPart("distribution"),
            version: try context.pathPart("version"),
            architecture: try context.pathPart("architecture"),
            release: release
        )
        let kernel = try await kernel(named: name)
        return try await representation(of: kernel, as: file).response(to: request)
    }

    /// The kernel of a name; an answer of its own when there is none.
    func kernel(named name: KernelName) async throws -> Kernel {
        let store = store
        guard let kernel = try await reading.run({ try store.kernel(named: name) }) else {
            throw HubError.notFound("this hub does not hold \(name); /v1/kernels lists what it holds")
        }
        return kernel
    }

    private func representation(of kernel: Kernel, as file: KernelFile) async throws -> Representation {
        let store = store
        let fileName = kernel.name.release + file.suffix
        guard file != .plain else {
            return Representation(
                digest: kernel.btf.digest,
                size: kernel.btf.size,
                mediaType: file.mediaType,
                fileName: fileName,
                content: { [reading] in .bytes(try await reading.run { try store.btf(of: kernel) }) }
            )
        }
        // A tar archive names its member, so that equal BTF of two releases makes two files.
        let description = "file \(kernel.btf.digest) \(fileName)"
        let cached = try await cache.file(for: ContentDigest(of: description.utf8), on: making) { sink in
            try sink(try file.encode(try store.btf(of: kernel), of: kernel.name))
            return true
        }
        return Representation(
            digest: cached.digest,
            size: cached.size,
            mediaType: file.mediaType,
            fileName: fileName,
            content: { .file(cached) }
        )
    }

    /// Answers as debuginfod does: the section of the kernel, or module, of a build-id.
    private func downloadSection(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let text = try context.pathPart("buildid")
        guard let buildID = BuildID(text) else {
            throw HubError.badRequest("'\(text.prefix(200))' is no build-id, which is written in hexadecimal")
        }
        let store = store
        let section = try await reading.run { () -> (btf: BTFReference, bytes: @Sendable () throws -> [UInt8])? in
            if let kernel = try store.kernel(buildID: buildID) { return (kernel.btf, { try store.btf(of: kernel) }) }
            guard let module = try store.module(buildID: buildID)?.module else { return nil }
            return (module.btf, { try store.btf(of: module) })
        }
        guard let section else { throw HubError.notFound("this hub holds no kernel or module of build-id \(buildID)") }
        let representation = Representation(
            digest: section.btf.digest,
            size: section.btf.size,
            mediaType: KernelFile.plain.mediaType,
            fileName: "\(buildID).btf",
            content: { [reading] in .bytes(try await reading.run(section.bytes)) }
        )
        return try await representation.response(to: request)
    }
}
