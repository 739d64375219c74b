import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Several processes on one store")
struct ConcurrencyTests {
    /// Holds the write lock of a store in a process of its own for some seconds.
    private func lock(_ path: String, for seconds: Double) throws -> Process {
        let script = """
            import sqlite3, sys, time
            connection = sqlite3.connect(sys.argv[1], isolation_level=None)
            connection.execute('BEGIN IMMEDIATE')
            print('locked', flush=True)
            time.sleep(float(sys.argv[2]))
            """
        let process = Process()
        process.executableURL = Tool.path(of: "python3")
        process.arguments = ["-c", script, path, String(seconds)]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        #expect(output.fileHandleForReading.availableData.starts(with: Data("locked".utf8)))
        return process
    }

    @Test("a writer waits for another, and readers do not")
    func waiting() throws {
        let fixture = try StoreFixture()
        try fixture.store.add(try StoreFixture.kernel("6.1.0-1"))
        let other = try lock(fixture.path, for: 1)
        let start = ContinuousClock.now
        #expect(try fixture.store.kernels().kernels.count == 1)
        #expect(try HubStore(fixture.path, access: .readOnly).kernels().kernels.count == 1)
        #expect(ContinuousClock.now - start < .milliseconds(800))
        try fixture.store.add(try StoreFixture.kernel("6.1.0-2"))
        #expect(ContinuousClock.now - start > .milliseconds(800))
        other.waitUntilExit()
        #expect(try fixture.store.kernels().kernels.count == 2)
    }

    @Test("a writer that has waited too long says so")
    func busy() throws {
        let fixture = try StoreFixture()
        let store = try HubStore(fixture.path, access: .readWrite, busyTimeout: 0.2)
        let other = try lock(fixture.path, for: 5)
        defer { other.terminate() }
        #expect(throws: StoreError.busy(path: fixture.path, seconds: 0.2)) {
            try store.add(try StoreFixture.kernel("6.1.0-2"))
        }
    }

    @Test("processes that make one store and write to it at once lose nothing")
    func writers() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("hub.db")
        let btf = try StoreFixture.btf.get()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let store = try HubStore(path, access: .create)
                    for index in 0..<10 {
                        let name = try StoreFixture.name("6.\(writer).\(index)")
                        try store.add(
                            NewKernel(name: name, buildID: nil, btf: btf),
                            from: StoreFixture.package("package-\(writer)-\(index)")
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
        let store = try HubStore(path, access: .readOnly)
        #expect(try store.kernels().kernels.count == 40)
        #expect(try store.ledger().count == 40)
        #expect(try store.verify { _ in })
    }

    @Test("of siblings that are added at once, one alone is stored whole", arguments: 0..<4)
    func siblings(round: Int) async throws {
        let fixture = try StoreFixture()
        let kernels = try SeriesFixture.kernels.get()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, pair) in kernels.enumerated() {
                group.addTask {
                    let store = try HubStore(fixture.path, access: .readWrite)
                    try store.add(try StoreFixture.kernel(SeriesFixture.release(number), btf: pair.kernel))
                }
            }
            try await group.waitForAll()
        }
        for (number, pair) in kernels.enumerated() {
            let name = try StoreFixture.name(SeriesFixture.release(number))
            #expect(try fixture.store.btf(of: #require(try fixture.store.kernel(named: name))) == pair.kernel)
        }
        try fixture.store.close()
        let count = try Tool.run("sqlite3", [fixture.path, "SELECT count(*) FROM btf WHERE encoding <> 2"]).text
        #expect(count == "1\n")
    }

    @Test(
        "a writer killed at any instant leaves a store that opens, verifies and goes on",
        arguments: [1, 3, 9, 27, 81]
    )
    func killed(milliseconds: Int) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("hub.db")
        let sources = folder.path("fixture.btf")
        try Data(StoreFixture.btf.get()).write(to: URL(filePath: sources))
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, sources = sources as String, milliseconds] in
            let btf = Array(try Data(contentsOf: URL(filePath: sources)))
            Thread.detachNewThread {
                usleep(UInt32(milliseconds) * 1000)
                kill(getpid(), SIGKILL)
            }
            let store = try HubStore(path, access: .create)
            var index = 0
            while true {
                let name = try KernelName(
                    distribution: "debian",
                    version: "12",
                    architecture: "x86_64",
                    release: "6.1.\(index % 50)"
                )
                let buildID = BuildID(bytes: [UInt8(truncatingIfNeeded: index)])
                // The same in two of three, so that they build on each other.
                let modules = [NewModule(name: "m\(index % 3 / 2)", buildID: buildID, btf: btf)]
                try store.add(NewKernel(name: name, buildID: buildID, btf: btf, modules: index < 50 ? [] : modules))
                index += 1
            }
        }
        let store = try HubStore(path, access: .create)
        #expect(try store.verify { _ in })
        try store.add(try StoreFixture.kernel("7.0.0"))
        #expect(try store.kernel(named: StoreFixture.name("7.0.0")) != nil)
    }

    private func drafts(in folder: borrowing TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { $0.hasPrefix("hub.db.") }
    }

    @Test("what a maker that was killed has left is removed by the next maker and the next writer, and by no reader")
    func killedMaker() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("hub.db")
        let draft = folder.path("hub.db.being-made")
        // The system kills whoever writes a file beyond the limit: in the middle of making the store, every time.
        await #expect(processExitsWith: .signal(SIGXFSZ)) { [path = path as String] in
            // Who has started the tests may have it ignored, and this thread has it blocked.
            signal(SIGXFSZ, SIG_DFL)
            var signals = sigset_t()
            sigaddset(&signals, SIGXFSZ)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            var limit = rlimit(rlim_cur: 8192, rlim_max: 8192)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            _ = try HubStore(path, access: .create)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try drafts(in: folder).contains("hub.db.being-made"))
        let store = try HubStore(path, access: .create)
        #expect(try drafts(in: folder).isEmpty)
        try store.add(try StoreFixture.kernel("6.1.0-1"))

        // As if the maker had died before the store was named, and after.
        try Data("SQLite format 3".utf8).write(to: URL(filePath: draft))
        try Data().write(to: URL(filePath: draft + "-journal"))
        #expect(try HubStore(path, access: .readOnly).kernels().kernels.count == 1)
        #expect(try drafts(in: folder).count == 2)
        _ = try HubStore(path, access: .readWrite)
        #expect(try drafts(in: folder).isEmpty)
        try FileManager.default.linkItem(atPath: path, toPath: draft)
        _ = try HubStore(path, access: .readWrite)
        #expect(try drafts(in: folder).isEmpty)
        try store.add(try StoreFixture.kernel("6.1.0-2"))
        #expect(try store.verify { _ in })
    }

    @Test("a draft that another process holds is waited for and left alone")
    func heldDraft() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("hub.db")
        let draft = folder.path("hub.db.being-made")
        let descriptor = open(draft, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(throws: StoreError.busy(path: path, seconds: 0.1)) {
            try HubStore(path, access: .create, busyTimeout: 0.1)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        let other = folder.path("other.db")
        _ = try HubStore(other, access: .create)
        try FileManager.default.moveItem(atPath: other, toPath: path)
        _ = try HubStore(path, access: .readWrite)
        #expect(try drafts(in: folder) == ["hub.db.being-made"])
        flock(descriptor, LOCK_UN)
        _ = try HubStore(path, access: .create)
        _ = try HubStore(path, access: .readWrite)
        #expect(try drafts(in: folder).isEmpty)
    }
}
