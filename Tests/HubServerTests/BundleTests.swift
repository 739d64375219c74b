import Archive
import Bundler
import Foundation
import HubServer
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

@Suite("Bundles over HTTP")
struct BundleTests {
    /// What `hubctl bundle` writes.
    private func direct(
        _ server: ServerFixture,
        _ filter: KernelFilter = .all,
        _ compression: Compression? = nil,
        layout: BundleLayout = .btfhub,
        name: String = "program"
    ) throws -> [UInt8] {
        let objects = try ProgramRequests.read(ServerFixture.program.get(), name: name)
        let request = try BundleRequest(
            requests: RelocationRequestLog(objects: objects),
            filter: filter,
            layout: layout,
            compression: compression
        )
        let plan = try BundlePlan(request, from: HubStore(server.storePath, access: .readOnly))
        var bytes: [UInt8] = []
        let report = try plan.write(to: { bytes += $0 })
        #expect(report.isComplete)
        return bytes
    }

    @Test("a bundle over HTTP is the one that hubctl writes, also after a restart", arguments: Compression.allCases)
    func sameBytes(compression: Compression) async throws {
        let server = try await ServerFixture()
        let body = try server.upload(ServerFixture.program.get())
        let path = "/v1/bundles?compression=\(compression.rawValue)"
        let first = try await server.curl(path, "--data-binary", body)
        #expect(first.status == 200, "\(first.text)")
        #expect(first.headers["content-type"] == compression.tarMediaType)
        #expect(first.etag == "\"\(ContentDigest(of: first.body))\"")
        #expect(first.body == (try direct(server, .all, compression)))
        let second = try await server.curl(path, "--data-binary", body)
        #expect(second.body == first.body)
        await server.stop()

        let restarted = try await ServerFixture(on: server.folder)
        let third = try await restarted.curl(path, "--data-binary", body)
        #expect(third.body == first.body)
        await restarted.stop()
    }

    @Test("the bundle holds each kernel at its path, with BTF that bpftool reads")
    func contents() async throws {
        let server = try await ServerFixture()
        let body = try server.upload(ServerFixture.program.get())
        let answer = try await server.curl("/v1/bundles?compression=none", "--data-binary", body)
        try Data(answer.body).write(to: URL(filePath: server.folder.path("bundle.tar")))
        let names = try Tool.run("tar", ["-tf", server.folder.path("bundle.tar")]).text.split(separator: "\n").map(
            String.init
        )
        #expect(
            names == [ServerFixture.arm, ServerFixture.debian, ServerFixture.ubuntu].map { "./\($0).btf" } + [
                "./debian/12/aarch64", "./debian/bookworm", "./ubuntu/focal", "./manifest.json",
            ]
        )
        try Tool.run("tar", ["-xf", server.folder.path("bundle.tar"), "-C", server.folder.url.path])
        let dump = try Tool.run("bpftool", ["btf", "dump", "file", server.folder.path("\(ServerFixture.ubuntu).btf")])
            .text
        #expect(dump.contains("STRUCT 'task_struct'"))
        #expect(dump.contains("'tgid'"))
        #expect(!dump.contains("real_parent"))
        await server.stop()
    }

    @Test("filters choose the kernels")
    func filters() async throws {
        let server = try await ServerFixture()
        let body = try server.upload(ServerFixture.program.get())
        for (query, filter) in [
            (
                "distro=debian&version=bookworm&arch=aarch64",
                KernelFilter(distribution: "debian", architecture: "arm64")
            ),
            ("release=5.4*", KernelFilter(distribution: "ubuntu")),
            ("release=*-cloud-*", KernelFilter(distribution: "debian")),
        ] {
            let answer = try await server.curl("/v1/bundles?compression=none&\(query)", "--data-binary", body)
            #expect(answer.body == (try direct(server, filter, Compression.none)), "\(query)")
        }
        let none = try await server.curl("/v1/bundles?distro=fedora", "--data-binary", body)
        #expect(none.status == 404)
        #expect(none.error?.contains("no kernel") == true)
        await server.stop()
    }

    @Test("what of the modules is in a bundle can be chosen", arguments: ModuleUse.allCases)
    func modules(use: ModuleUse) async throws {
        let server = try await ServerFixture()
        let body = try server.upload(ServerFixture.program.get())
        let answer = try await server.curl(
            "/v1/bundles?compression=none&modules=\(use.rawValue)",
            "--data-binary",
            body
        )
        let file = server.folder.path("modules.tar")
        try Data(answer.body).write(to: URL(filePath: file))
        let manifest = try Tool.run("tar", ["-xOf", file, "./manifest.json"]).text
        #expect(manifest.contains("\"modules\" : \"\(use.rawValue)\""))
        await server.stop()
    }

    @Test("every layout over HTTP is the one that hubctl writes", arguments: BundleLayout.allCases)
    func layouts(layout: BundleLayout) async throws {
        let server = try await ServerFixture()
        let body = try server.upload(ServerFixture.program.get())
        let path = "/v1/bundles?layout=\(layout.rawValue)&name=app.o&arch=x86_64"
        let answer = try await server.curl(path, "--data-binary", body)
        #expect(answer.status == 200, "\(answer.text)")
        let filter = KernelFilter(architecture: "x86_64")
        #expect(answer.body == (try direct(server, filter, layout: layout, name: "some/where/app.o")))
        let suffix = (layout.compression ?? .zstd).tarSuffix
        #expect(answer.headers["content-disposition"]?.contains("bundle\(suffix)") == true)
        try Data(answer.body).write(to: URL(filePath: server.folder.path("bundle\(suffix)")))
        let names = try Tool.run("tar", ["-tf", server.folder.path("bundle\(suffix)")]).text
        #expect(names.contains("manifest.json"))
        await server.stop()
    }

    @Test("a relocation request log gives the bundle that its object gives")
    func requestLog() async throws {
        let server = try await ServerFixture()
        let objects = try ProgramRequests.read(ServerFixture.program.get(), name: "program")
        let log = try server.upload(try RelocationRequestLog(objects: objects).json(), named: "log.json")
        let fromLog = try await server.curl("/v1/bundles", "--data-binary", log)
        #expect(fromLog.body == (try direct(server, .all, .zstd)))
        await server.stop()
    }

    @Test("bad parameters and bodies are a sentence each")
    func bad() async throws {
        let server = try await ServerFixture(uploadLimit: 10_000)
        let object = try server.upload(ServerFixture.program.get())
        for (path, body, status) in [
            ("/v1/bundles?layout=square", object, 400), ("/v1/bundles?compression=rar", object, 400),
            ("/v1/bundles?layout=bcc&compression=xz", object, 400), ("/v1/bundles?layout=datadog", object, 400),
            ("/v1/bundles?layout=bcc&modules=split", object, 400), ("/v1/bundles?modules=all", object, 400),
            ("/v1/bundles?distribution=debian", object, 400), ("/v1/bundles?release=%zz", object, 400),
            ("/v1/bundles", "", 400), ("/v1/bundles", "not an object", 422), ("/v1/bundles", "{\"a\":1}", 422),
            ("/v1/bundles", try server.upload([0x7f, 0x45, 0x4c, 0x46], named: "cut"), 422),
            ("/v1/bundles", try server.upload(Array(ServerFixture.program.get().dropLast(400)), named: "cut2"), 422),
            ("/v1/bundles", try server.upload(Array(repeating: 1, count: 10_001), named: "big"), 413),
        ] {
            let answer = try await server.curl(path, "--data-binary", body)
            #expect(answer.status == status, "\(path) \(body): \(answer.text)")
            #expect(answer.error != nil)
        }
        let big = try server.upload(Array(repeating: 1, count: 3_000_000), named: "huge")
        let chunked = try await server.curl("/v1/bundles", "-H", "Transfer-Encoding: chunked", "--data-binary", big)
        #expect(chunked.status == 413)
        #expect(try await server.curl("/v1/bundles").status == 404)
        #expect(try await server.curl("/healthz").status == 200)
        await server.stop()
    }

    @Test("many clients that ask for one bundle get the same bytes")
    func concurrent() async throws {
        let server = try await ServerFixture()
        let body = try server.upload(ServerFixture.program.get())
        let expected = try direct(server, .all, .xz)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 {
                group.addTask { try await server.curl("/v1/bundles?compression=xz", "--data-binary", body).body }
            }
            for try await bytes in group { #expect(bytes == expected) }
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: server.cachePath)
        #expect(kept.count { ContentDigest($0) != nil } == 1)
        await server.stop()
    }
}
