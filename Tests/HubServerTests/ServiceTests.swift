import Foundation
import HubServer
import HubStore
import KernelIdentity
import Logging
import TestSupport
import Testing

@Suite("The list, the pages and the service")
struct ServiceTests {
    @Test("the list comes page by page, in order, with what each kernel is")
    func list() async throws {
        let server = try await ServerFixture()
        var names: [String] = []
        var next: String? = "/v1/kernels?limit=1"
        while let path = next {
            let page = try await server.curl(path).json()
            for kernel in try #require(page["kernels"] as? [[String: Any]]) {
                names.append(try #require(kernel["name"] as? String))
                let files = try #require(kernel["files"] as? [String: String])
                #expect(try await server.curl(try #require(files["btf"])).status == 200)
            }
            next = page["next"] as? String
        }
        #expect(names == [ServerFixture.arm, ServerFixture.debian, ServerFixture.ubuntu])
        await server.stop()
    }

    @Test("the list is filtered, and a bad query is refused")
    func filters() async throws {
        let server = try await ServerFixture()
        for (query, count) in [
            ("distro=debian", 2), ("version=focal", 1), ("arch=aarch64", 1), ("release=*generic*", 1),
        ] {
            let kernels = try await server.curl("/v1/kernels?\(query)").json()["kernels"] as? [Any]
            #expect(kernels?.count == count, "\(query)")
        }
        for query in ["limit=0", "limit=1001", "limit=x", "after=x", "distr=debian", "release=%f"] {
            let answer = try await server.curl("/v1/kernels?\(query)")
            #expect(answer.status == 400, "\(query)")
            #expect(answer.error != nil)
        }
        await server.stop()
    }

    @Test("one kernel is described with its package and modules")
    func show() async throws {
        let server = try await ServerFixture()
        let kernel = try await server.curl("/v1/kernels/debian/bookworm/amd64/6.1.0-56-cloud-amd64").json()
        #expect(kernel["build_id"] as? String == "c0ffee")
        #expect((kernel["package"] as? [String: Any])?["version"] as? String == "6.1.192-2")
        let btf = try #require(kernel["btf"] as? [String: Any])
        #expect(btf["size"] as? Int == (try ServerFixture.btf.get().count))
        #expect(btf["sha256"] as? String == ContentDigest(of: try ServerFixture.btf.get()).description)
        let modules = try #require(kernel["modules"] as? [[String: Any]])
        #expect(modules.map { $0["name"] as? String } == ["ext4"])
        await server.stop()
    }

    @Test("the pages for people need nothing from elsewhere, and their links lead somewhere")
    func pages() async throws {
        let server = try await ServerFixture()
        let home = try await server.curl("/")
        #expect(home.headers["content-type"] == "text/html; charset=utf-8")
        #expect(home.text.contains("<td>debian</td><td>12</td><td>arm64</td>"))
        #expect(!home.text.contains("<script"))
        #expect(!home.text.contains("src="))
        for page in [home, try await server.curl("/?distro=ubuntu&version=20.04&arch=x86_64")] {
            for match in page.text.matches(of: /href="([^"]+)"/) {
                let path = String(match.1).replacing("&amp;", with: "&")
                #expect(try await server.curl(path).status == 200, "\(path)")
            }
        }
        let hostile = try await server.curl("/?distro=%3Cscript%3Ealert(1)%3C/script%3E", "-H", "Host: \"><script>")
        #expect(!hostile.text.contains("<script>"))
        await server.stop()
    }

    @Test("health and metrics")
    func operation() async throws {
        let server = try await ServerFixture()
        #expect(try await server.curl("/healthz").text == "ok\n")
        _ = try await server.curl("/\(ServerFixture.debian).btf")
        _ = try await server.curl("/no/such/thing/here.btf")
        let metrics = try await server.curl("/metrics")
        let lines = metrics.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("hub_kernels 3"))
        #expect(lines.contains("# TYPE hub_http_requests_total counter"))
        let route = "route=\"/{distribution}/{version}/{architecture}/{file}\""
        #expect(lines.contains { $0.hasPrefix("hub_http_requests_total{method=\"GET\"") && $0.contains(route) })
        // Nothing that a client makes up becomes a label.
        #expect(!metrics.text.contains("such"))
        await server.stop()
    }

    @Test("a store that is missing, or no store, is an error before anything listens")
    func badStore() throws {
        let folder = try TemporaryDirectory()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let missing = ServerConfiguration(storePath: folder.path("hub.db"), port: 0, logger: logger)
        #expect(throws: StoreError.missing(path: folder.path("hub.db"))) { try HubServer(configuration: missing) }
    }

    @Test("new kernels are served without a restart")
    func growing() async throws {
        let server = try await ServerFixture()
        let name = "debian/12/x86_64/7.0.0-1"
        #expect(try await server.curl("/\(name).btf").status == 404)
        let store = try HubStore(server.storePath, access: .readWrite)
        try store.add(NewKernel(name: try KernelName(parsing: name), buildID: nil, btf: try ServerFixture.btf.get()))
        #expect(try await server.curl("/\(name).btf").status == 200)
        await server.stop()
    }

    @Test("SIGTERM ends the process in good order, after the answers that are under way")
    func termination() async throws {
        let folder = try TemporaryDirectory()
        try ServerFixture.fill(folder.path("hub.db"))
        await #expect(processExitsWith: .success) { [path = folder.path("hub.db") as String] in
            var configuration = ServerConfiguration(
                storePath: path,
                port: 0,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            configuration.onListening = { port in
                Thread.detachNewThread {
                    let url = "http://127.0.0.1:\(port)/\(ServerFixture.ubuntu).btf.tar.xz"
                    let curl = Process()
                    curl.executableURL = Tool.path(of: "curl")
                    curl.arguments = ["-fsS", "-o", path + ".xz", url]
                    do { try curl.run() } catch { exit(3) }
                    usleep(100_000)
                    kill(getpid(), SIGTERM)
                    curl.waitUntilExit()
                    if curl.terminationStatus != 0 { exit(4) }
                }
            }
            try await HubServer(configuration: configuration).run()
        }
    }
}
