import Foundation
import HubServer
import HubStore
import KernelIdentity
import Logging
import TestSupport

/// A real server on loopback with a store of three kernels, stopped when `stop()` is called.
struct ServerFixture {
    let folder: TemporaryDirectory
    let port: Int
    private let task: Task<Void, any Error>

    static let btf = Result { try CompiledBTF.kernel("first") }
    static let otherBTF = Result { try CompiledBTF.kernel("second", members: 5_000) }
    static let moduleBTF = Result {
        try CompiledBTF.compile(
            "struct ext4 { long flags; } ext4; long f(void) { return ext4.flags; }",
            base: btf.get()
        )
    }
    static let program = Result {
        try CompiledBPF.compile(
            """
            struct task_struct { int pid; int tgid; } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/f"), used)) int program(struct task_struct *task)
            { return task->pid + task->tgid; }
            char _license[] __attribute__((section("license"), used)) = "GPL";
            """
        )
    }

    static let debian = "debian/12/x86_64/6.1.0-56-cloud-amd64"
    static let arm = "debian/12/arm64/6.1.0-56-cloud-arm64"
    static let ubuntu = "ubuntu/20.04/x86_64/5.4.0-42-generic+x"

    var storePath: String { folder.path("hub.db") }
    var cachePath: String { folder.path("hub.db-cache") }

    /// Starts a server with a store of its own, or on the folder of one that was stopped.
    init(on folder: TemporaryDirectory? = nil, uploadLimit: Int = 1 << 20, cacheLimit: Int = 1 << 30) async throws {
        let isNew = folder == nil
        let folder = try folder ?? TemporaryDirectory()
        self.folder = folder
        if isNew { try Self.fill(folder.path("hub.db")) }
        var configuration = ServerConfiguration(
            storePath: folder.path("hub.db"),
            port: 0,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        configuration.uploadLimit = uploadLimit
        configuration.cacheLimit = cacheLimit
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        configuration.onListening = {
            continuation.yield($0)
            continuation.finish()
        }
        let server = try HubServer(configuration: configuration)
        task = Task {
            defer { continuation.finish() }
            try await server.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await task.value
            throw NoAnswer(description: "the server ended before it listened")
        }
        self.port = port
    }

    static func fill(_ path: String) throws {
        let store = try HubStore(path, access: .create)
        let modules = [NewModule(name: "ext4", buildID: BuildID("0e44"), btf: try moduleBTF.get())]
        let package = SourcePackage(
            source: "debian-apt",
            name: "linux-image-6.1.0-56-cloud-amd64-dbg",
            version: "6.1.192-2",
            architecture: "amd64",
            digest: ContentDigest(of: [1])
        )
        try store.add(
            NewKernel(
                name: try KernelName(parsing: debian),
                buildID: BuildID("c0ffee"),
                btf: try btf.get(),
                modules: modules
            ),
            from: package
        )
        // The same module once more, which is stored as what it adds to the other.
        let again = [NewModule(name: "ext4", buildID: BuildID("0e45"), btf: try moduleBTF.get())]
        try store.add(NewKernel(name: try KernelName(parsing: arm), buildID: nil, btf: try btf.get(), modules: again))
        try store.add(NewKernel(name: try KernelName(parsing: ubuntu), buildID: nil, btf: try otherBTF.get()))
        try store.close()
    }

    /// Stops the server and waits until it is gone.
    func stop() async {
        task.cancel()
        _ = await task.result
    }
}

// MARK: - Requests

extension ServerFixture {
    /// A request that got no answer.
    struct NoAnswer: Error {
        let description: String
    }

    /// What curl received.
    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var etag: String? { headers["etag"] }

        /// The body as a JSON object.
        func json() throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
        }

        /// The sentence of an error.
        var error: String? { try? json()["error"] as? String }
    }

    /// Makes a request with curl, in a process of its own.
    func curl(_ path: String, _ arguments: String...) async throws -> Answer {
        let url = "http://127.0.0.1:\(port)\(path)"
        // A blocking wait must not hold one of the few threads that the server's own tasks need.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try Self.run(url, arguments) }) }
        }
    }

    private static func run(_ url: String, _ arguments: [String]) throws -> Answer {
        let folder = try TemporaryDirectory()
        let body = try folder.write("", to: "body")
        let head = try folder.write("", to: "head")
        let fixed = ["-sS", "--path-as-is", "--max-time", "60", "-o", body, "-D", head, "-w", "%{http_code}"]
        let result = try Tool.attempt("curl", fixed + arguments + [url])
        guard let status = Int(result.text), status > 0 else { throw NoAnswer(description: result.diagnostics) }
        var headers: [String: String] = [:]
        for line in try String(contentsOfFile: head, encoding: .utf8).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces
            )
        }
        return Answer(status: status, headers: headers, body: Array(try Data(contentsOf: URL(filePath: body))))
    }

    /// Writes bytes into the fixture's folder and returns curl's name for the file.
    func upload(_ bytes: [UInt8], named name: String = "app.o") throws -> String {
        try Data(bytes).write(to: URL(filePath: folder.path(name)))
        return "@" + folder.path(name)
    }
}
