import Crypto
import Foundation
import KernelPackages
import Synchronization
import TestSupport
import Testing

@Suite("Fetching packages")
struct DownloaderTests {
    static let content: [UInt8] = {
        var generator = SeededGenerator(seed: 3)
        return generator.noise(3_000_000)
    }()
    let directory: TemporaryDirectory
    var path: String { directory.path("package.deb") }
    var partial: String { path + ".partial" }

    init() throws { directory = try TemporaryDirectory() }

    private var options: DownloadOptions {
        var options = DownloadOptions()
        options.retries = 2
        options.firstDelay = .milliseconds(5)
        options.lowSpeedTime = .seconds(1)
        return options
    }

    private func package(_ url: String, content: [UInt8] = content) throws -> AvailablePackage {
        AvailablePackage(
            name: "p",
            version: "1",
            architecture: "amd64",
            url: url,
            size: UInt64(content.count),
            digest: try #require(PackageDigest(bytes: Array(SHA256.hash(data: content)))),
            release: nil
        )
    }

    private func fetch(_ package: AvailablePackage) async throws(DownloadError) {
        try await Downloader(options: options).fetch(package, to: path)
    }

    private func contents(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }

    @Test("A whole file comes through http and file, and the second time not at all")
    func whole() async throws {
        let server = try LoopbackServer(Self.content)
        try await fetch(try package(server.url()))
        #expect(contents(path) == Self.content)
        #expect(contents(partial) == nil)
        try await fetch(try package(server.url()))
        #expect(server.ranges == ["-"])

        let source = directory.path("source")
        try Data(Self.content).write(to: URL(fileURLWithPath: source))
        for url in ["file:\(source)", "file://\(source)"] {
            try FileManager.default.removeItem(atPath: path)
            try await fetch(try package(url))
            #expect(contents(path) == Self.content)
        }
    }

    @Test("A file of that name with other contents is fetched again")
    func staleFile() async throws {
        try Data("stale".utf8).write(to: URL(fileURLWithPath: path))
        let server = try LoopbackServer(Self.content)
        try await fetch(try package(server.url()))
        #expect(contents(path) == Self.content)
    }

    @Test("Progress grows and ends at the whole")
    func progress() async throws {
        let server = try LoopbackServer(Self.content)
        let seen = Mutex<[DownloadProgress]>([])
        try await Downloader(options: options).fetch(try package(server.url()), to: path) { progress in
            seen.withLock { $0.append(progress) }
        }
        let received = seen.withLock { $0 }
        #expect(received.last == DownloadProgress(received: 3_000_000, total: 3_000_000))
        #expect(received.map(\.received) == received.map(\.received).sorted())
    }

    @Test("What an earlier try has left is not fetched again", arguments: [1, 1_000_000, 2_999_999, 3_000_000])
    func resume(length: Int) async throws {
        try Data(Self.content[..<length]).write(to: URL(fileURLWithPath: partial))
        let server = try LoopbackServer(Self.content)
        try await fetch(try package(server.url()))
        #expect(contents(path) == Self.content)
        #expect(server.ranges == (length == 3_000_000 ? [] : ["bytes=\(length)-"]))
    }

    @Test("Through file, too, a partial file is gone on with")
    func resumeFile() async throws {
        let source = directory.path("source")
        try Data(Self.content).write(to: URL(fileURLWithPath: source))
        try Data(Self.content[..<1000]).write(to: URL(fileURLWithPath: partial))
        try await fetch(try package("file:\(source)"))
        #expect(contents(path) == Self.content)
    }

    @Test("A partial file of something else is thrown away, and the right file fetched")
    func wrongPartial() async throws {
        for length in [1000, 4_000_000] {
            try Data(repeating: 0xEE, count: length).write(to: URL(fileURLWithPath: partial))
            let server = try LoopbackServer(Self.content)
            try await fetch(try package(server.url()))
            #expect(contents(path) == Self.content)
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test("A server that cannot resume is asked for the whole")
    func ignoredRange() async throws {
        try Data(Self.content[..<1000]).write(to: URL(fileURLWithPath: partial))
        let server = try LoopbackServer(Self.content, rest: .ignoreRange)
        try await fetch(try package(server.url()))
        #expect(contents(path) == Self.content)
        #expect(server.ranges == ["bytes=1000-", "-"])
    }

    @Test("A connection that breaks again and again is taken up where it broke, as long as it gets on")
    func brokenConnection() async throws {
        let server = try LoopbackServer(Self.content, rest: .cutAfter(500_000))
        try await fetch(try package(server.url()))
        #expect(contents(path) == Self.content)
        #expect(server.ranges.count >= 6)
    }

    @Test("Server errors are waited out; a refusal is not")
    func statuses() async throws {
        let recovering = try LoopbackServer(Self.content, script: [.status(503), .status(500)])
        try await fetch(try package(recovering.url()))
        #expect(recovering.ranges.count == 3)
        try FileManager.default.removeItem(atPath: path)

        let failing = try LoopbackServer(Self.content, rest: .status(503))
        let refused = try package(failing.url())
        await #expect(throws: DownloadError.refused(url: refused.url, status: 503)) { try await fetch(refused) }
        #expect(failing.ranges.count == 3)

        let missing = try LoopbackServer(Self.content, rest: .status(404))
        let absent = try package(missing.url())
        await #expect(throws: DownloadError.refused(url: absent.url, status: 404)) { try await fetch(absent) }
        #expect(missing.ranges.count == 1)
        #expect(contents(path) == nil)
    }

    @Test("Another file under the URL does not get the name")
    func wrongContents() async throws {
        var other = Self.content
        other[1_500_000] ^= 1
        let server = try LoopbackServer(other)
        let error = await #expect(throws: DownloadError.self) { try await fetch(try package(server.url())) }
        guard case .wrongDigest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.isRemote == true)
        #expect(contents(path) == nil)
        #expect(contents(partial) == nil)
    }

    @Test("A file of another size does not get the name", arguments: [2_999_999, 3_000_001])
    func wrongSize(size: Int) async throws {
        let other = size < Self.content.count ? Array(Self.content[..<size]) : Self.content + [0]
        let server = try LoopbackServer(other)
        let error = await #expect(throws: DownloadError.self) { try await fetch(try package(server.url())) }
        guard case .wrongSize(_, 3_000_000, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(contents(path) == nil)
        #expect(contents(partial) == nil)
    }

    @Test("A server that stalls is given up on")
    func stall() async throws {
        let server = try LoopbackServer(Self.content, rest: .stall)
        var options = options
        options.retries = 0
        let downloader = Downloader(options: options)
        let stalling = try package(server.url())
        let error = await #expect(throws: DownloadError.self) { try await downloader.fetch(stalling, to: path) }
        #expect(error?.isRemote == true)
    }

    @Test("Redirects are followed, but not for ever and not to files")
    func redirects() async throws {
        let target = try LoopbackServer(Self.content)
        let server = try LoopbackServer(Self.content, script: [.redirect(target.url("/there"))])
        try await fetch(try package(server.url()))
        #expect(contents(path) == Self.content)
        try FileManager.default.removeItem(atPath: path)

        let loop = try LoopbackServer(Self.content, rest: .redirect("/again"))
        await #expect(throws: DownloadError.self) { try await fetch(try package(loop.url())) }
        #expect(loop.ranges.count <= 6)

        let source = directory.path("source")
        try Data(Self.content).write(to: URL(fileURLWithPath: source))
        let leading = try LoopbackServer(Self.content, rest: .redirect("file://\(source)"))
        await #expect(throws: DownloadError.self) { try await fetch(try package(leading.url())) }
        #expect(contents(path) == nil)
    }

    @Test("Nothing listens, nothing resolves, nothing is there, and nobody knows the scheme")
    func unreachable() async throws {
        for url in ["http://127.0.0.1:9/x", "file:\(directory.path("absent"))", "ftp://127.0.0.1/x", "nonsense"] {
            await #expect(throws: DownloadError.self, "\(url)") { try await fetch(try package(url)) }
        }
    }

    @Test("A folder that is not there is the host's fault")
    func cannotWrite() async throws {
        let server = try LoopbackServer(Self.content)
        let wanted = try package(server.url())
        let error = await #expect(throws: DownloadError.self) {
            try await Downloader(options: options).fetch(wanted, to: directory.path("absent/p.deb"))
        }
        #expect(error?.isRemote == false)
        #expect(error?.description.contains(directory.path("absent/p.deb.partial")) == true)
    }

    @Test("A cancelled download stops and leaves what came in", .timeLimit(.minutes(1)))
    func cancellation() async throws {
        let server = try LoopbackServer(Self.content, script: [.cutAfter(400_000)], rest: .stall)
        let wanted = try package(server.url())
        var options = options
        options.lowSpeedTime = .seconds(3600)
        let downloader = Downloader(options: options)
        let path = path
        let task = Task { try await downloader.fetch(wanted, to: path) }
        while server.ranges.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: DownloadError.cancelled) { try await task.value }
        #expect(contents(partial) == Array(Self.content[..<400_000]))
    }

    @Test("Two at once do not mix: one waits for nothing and says so")
    func busy() async throws {
        let server = try LoopbackServer(Self.content, rest: .stall)
        let wanted = try package(server.url())
        // The first one holds on, however slowly a loaded machine lets the second one come.
        var patient = options
        patient.lowSpeedTime = .seconds(3600)
        let downloader = Downloader(options: patient)
        let path = path
        let task = Task { try await downloader.fetch(wanted, to: path) }
        while server.ranges.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        await #expect(throws: DownloadError.busy(path: partial)) { try await fetch(wanted) }
        task.cancel()
        _ = await task.result
    }
}
