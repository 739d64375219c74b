import Archive
import Foundation
import HubServer
import HubStore
import TestSupport
import Testing

@Suite("Downloads")
struct DownloadTests {
    @Test("a kernel's BTF comes whole, with its digest as tag, and not at all when the client has it")
    func plain() async throws {
        let server = try await ServerFixture()
        let btf = try ServerFixture.btf.get()
        let answer = try await server.curl("/\(ServerFixture.debian).btf")
        #expect(answer.status == 200)
        #expect(answer.body == btf)
        #expect(answer.etag == "\"\(ContentDigest(of: btf))\"")
        #expect(answer.headers["content-length"] == String(btf.count))
        #expect(answer.headers["accept-ranges"] == "bytes")

        let tag = try #require(answer.etag)
        let unchanged = try await server.curl("/\(ServerFixture.debian).btf", "-H", "If-None-Match: \(tag)")
        #expect(unchanged.status == 304)
        #expect(unchanged.body.isEmpty)
        #expect(unchanged.etag == tag)
        let changed = try await server.curl("/\(ServerFixture.debian).btf", "-H", "If-None-Match: \"other\"")
        #expect(changed.status == 200)
        await server.stop()
    }

    @Test("HEAD says what GET would send", arguments: KernelFile.allCases)
    func head(file: KernelFile) async throws {
        let server = try await ServerFixture()
        let path = "/\(ServerFixture.debian)\(file.suffix)"
        let head = try await server.curl(path, "-I")
        let get = try await server.curl(path)
        #expect(head.status == 200)
        // With -I, curl writes the header where the body would be.
        #expect(head.text.hasPrefix("HTTP/1.1 200") && head.text.hasSuffix("\r\n\r\n"))
        for name in ["etag", "content-length", "content-type", "content-disposition"] {
            #expect(head.headers[name] != nil)
            #expect(head.headers[name] == get.headers[name])
        }
        await server.stop()
    }

    @Test("parts are sent as asked for", arguments: [KernelFile.plain, .tarXZ])
    func ranges(file: KernelFile) async throws {
        let server = try await ServerFixture()
        let path = "/\(ServerFixture.ubuntu)\(file.suffix)"
        let whole = try await server.curl(path)
        let size = whole.body.count
        for (range, expected) in [
            ("0-99", 0..<100), ("100-", 100..<size), ("-100", size - 100..<size), ("50-\(size * 2)", 50..<size),
            ("0-0", 0..<1),
        ] {
            let part = try await server.curl(path, "-r", range)
            #expect(part.status == 206)
            #expect(part.body == Array(whole.body[expected]))
            #expect(part.headers["content-range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)")
            #expect(part.etag == whole.etag)
        }
        for range in ["\(size)-", "\(size)-\(size + 5)", "-0"] {
            let beyond = try await server.curl(path, "-H", "Range: bytes=\(range)")
            #expect(beyond.status == 416)
            #expect(beyond.headers["content-range"] == "bytes */\(size)")
            #expect(beyond.error != nil)
        }
        for range in ["bytes=0-1,5-6", "bytes=9-2", "bytes=x", "lines=1-2"] {
            let ignored = try await server.curl(path, "-H", "Range: \(range)")
            #expect(ignored.status == 200)
            #expect(ignored.body == whole.body)
        }
        let stale = try await server.curl(path, "-r", "0-9", "-H", "If-Range: \"other\"")
        #expect(stale.status == 200)
        #expect(stale.body == whole.body)
        await server.stop()
    }

    @Test("an interrupted download can be resumed with curl")
    func resume() async throws {
        let server = try await ServerFixture()
        let btf = try ServerFixture.otherBTF.get()
        let partial = server.folder.path("partial.btf")
        try Data(btf.prefix(1000)).write(to: URL(filePath: partial))
        let rest = try await server.curl("/\(ServerFixture.ubuntu).btf", "-C", "1000")
        #expect(rest.status == 206)
        #expect(btf.prefix(1000) + rest.body == btf[...])
        await server.stop()
    }

    @Test("compressed files unpack to the same BTF and have a tag of their own")
    func compressed() async throws {
        let server = try await ServerFixture()
        let btf = try ServerFixture.btf.get()
        var tags: Set<String> = []
        for (file, compression) in [(KernelFile.gzip, Compression.gzip), (.zstandard, .zstd)] {
            let answer = try await server.curl("/\(ServerFixture.debian)\(file.suffix)")
            #expect(try compression.decompress(answer.body, limit: 1 << 24) == btf)
            tags.insert(try #require(answer.etag))
        }
        let packed = try await server.curl("/\(ServerFixture.debian).btf.tar.xz")
        try Data(packed.body).write(to: URL(filePath: server.folder.path("k.btf.tar.xz")))
        try Tool.run("tar", ["-xJf", "k.btf.tar.xz"], in: server.folder.url)
        let member = server.folder.path("6.1.0-56-cloud-amd64.btf")
        #expect(Array(try Data(contentsOf: URL(filePath: member))) == btf)
        tags.insert(try #require(packed.etag))
        #expect(tags.count == 3)
        #expect(packed.etag == "\"\(ContentDigest(of: packed.body))\"")
        await server.stop()
    }

    @Test("aliases lead to the kernel")
    func aliases() async throws {
        let server = try await ServerFixture()
        for path in [
            "/debian/bookworm/x86_64/6.1.0-56-cloud-amd64.btf", "/debian/12.7/amd64/6.1.0-56-cloud-amd64.btf",
            "/Debian/12/aarch64/6.1.0-56-cloud-arm64.btf", "/%64ebian/12/x86_64/6.1.0-56-cloud-amd64%2ebtf",
        ] {
            let answer = try await server.curl(path)
            #expect(answer.body == (try ServerFixture.btf.get()), "\(path)")
        }
        for path in ["/ubuntu/focal/x86_64/5.4.0-42-generic+x.btf", "/ubuntu/focal/x86_64/5.4.0-42-generic%2Bx.btf"] {
            let answer = try await server.curl(path)
            #expect(answer.body == (try ServerFixture.otherBTF.get()), "\(path)")
        }
        await server.stop()
    }

    @Test("a build-id leads to its kernel's or module's BTF")
    func buildID() async throws {
        let server = try await ServerFixture()
        for (id, btf) in [
            ("c0ffee", ServerFixture.btf), ("C0FFEE", ServerFixture.btf), ("0e44", ServerFixture.moduleBTF),
            ("0e45", ServerFixture.moduleBTF),
        ] {
            let answer = try await server.curl("/buildid/\(id)/section/.BTF")
            #expect(answer.body == (try btf.get()), "\(id)")
        }
        #expect(try await server.curl("/buildid/abcd/section/.BTF").status == 404)
        #expect(try await server.curl("/buildid/xyz/section/.BTF").status == 400)
        #expect(try await server.curl("/buildid/c0ffee/section/.text").status == 404)
        await server.stop()
    }

    @Test(
        "what is not there is a sentence in JSON",
        arguments: [
            ("/debian/12/x86_64/9.9.9.btf", 404), ("/debian/12/x86_64/6.1.0-56-cloud-amd64", 404),
            ("/debian/12/x86_64/6.1.0-56-cloud-amd64.btf.rar", 404), ("/nowhere", 404), ("/debian/12/x86_64/.btf", 404),
            ("/v1/kernels/debian/12/x86_64/9.9.9", 404), ("/v1/kernels/a/b", 404),
            ("/debian/12/x86_64/%ff%fe.btf", 400), ("/debian/12/x86_64/a%00b.btf", 400),
            ("/debian/12/x86_64/%zz.btf", 400),
            ("/debian/12/x86_64/..%2f..%2fetc%2fpasswd.btf", 400), ("/debian/12/x86_64/%2e%2e.btf", 400),
            ("/debian/../%2e%2e/x.btf", 400), ("/../../../etc/passwd", 404),
            ("/debian/12/x86_64/../../../hub.db", 404),
            ("/debian/..%2f/x86_64/x.btf", 400), ("/debian/\(String(repeating: "x", count: 2000))/x86_64/x.btf", 400),
        ]
    )
    func missing(path: String, status: Int) async throws {
        let server = try await ServerFixture()
        let answer = try await server.curl(path)
        #expect(answer.status == status, "\(path): \(answer.text)")
        #expect(answer.headers["content-type"] == "application/json")
        let error = try #require(answer.error)
        #expect(!error.contains(server.folder.url.path))
        await server.stop()
    }

    @Test("damaged BTF is an error of the server that names the kernel and not its files")
    func damaged() async throws {
        let server = try await ServerFixture()
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        try Tool.run("python3", ["-c", script, server.storePath, "UPDATE btf SET payload = zeroblob(length(payload))"])
        for suffix in [".btf", ".btf.gz"] {
            let answer = try await server.curl("/\(ServerFixture.debian)\(suffix)")
            #expect(answer.status == 500)
            #expect(answer.error?.contains(ServerFixture.debian) == true)
            #expect(answer.error?.contains(server.folder.url.path) == false)
        }
        await server.stop()
    }
}
