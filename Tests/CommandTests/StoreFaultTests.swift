import Foundation
import TestSupport
import Testing

/// An archive that a command cannot use, or not yet: a clear error or a wait, and nothing lost.
@Suite struct StoreFaultTests {
    private let hub: Hub
    private let tree: KernelTree

    init() throws {
        hub = try Hub()
        tree = try KernelTree(kernels: 6)
    }

    /// Every command that opens an archive, the readers first.
    private func commands() -> [[String]] {
        let kernel = "debian/12/x86_64/6.1.0-1-test"
        return [
            ["list"], ["show", kernel], ["stats"], ["verify"], ["history", "task_struct.pid"],
            ["export", kernel, "-o", hub.path("out.btf")], ["export", "--layout", "btfhub", hub.path("out")],
            ["backup", hub.path("copy.db")], ["import", tree.path], ["repair"], ["optimize", "--compact"],
        ]
    }

    private func hubctl(_ arguments: [String], store: String) throws -> Tool.Result {
        try Tool.attempt(Program.path("hubctl"), arguments + ["--store", store])
    }

    @Test func noCommandTouchesWhatIsNoArchive() throws {
        try Tool.run("sqlite3", [hub.path("places.db"), "CREATE TABLE places (url TEXT)"])
        try hub.write(Array("not a database, but long enough to look at\n".utf8), to: "notes.txt")
        for name in ["places.db", "notes.txt"] {
            let before = try hub.bytes(name)
            for command in commands() {
                expectFault(try hubctl(command, store: hub.path(name)), status: 65, naming: name)
            }
            #expect(try hub.bytes(name) == before)
            #expect(!FileManager.default.fileExists(atPath: hub.path(name) + "-wal"))
        }
        #expect(!FileManager.default.fileExists(atPath: hub.path("copy.db")))
    }

    @Test func noCommandTouchesANewerArchive() throws {
        #expect(try hub.hubctl("import", tree.path).status == 0)
        let contents = try KernelTree.contents(of: hub.store)
        let version = try Tool.run("sqlite3", [hub.store, "PRAGMA user_version; PRAGMA user_version = 999"]).text
        let before = try hub.bytes("hub.db")
        for command in commands() { expectFault(try hubctl(command, store: hub.store), status: 65, naming: "999") }
        #expect(try hub.bytes("hub.db") == before)
        try Tool.run("sqlite3", [hub.store, "PRAGMA user_version = \(version)"])
        #expect(try KernelTree.contents(of: hub.store) == contents)
        #expect(try hub.hubctl("verify").status == 0)
    }

    @Test func readersDuringAMigrationSeeAllOrAreTold() throws {
        #expect(try hub.hubctl("import", tree.path).status == 0)
        let contents = try KernelTree.contents(of: hub.store)
        let later = ["module_names", "names", "module_deltas", "module_build_ids"].map { "DROP TABLE \($0); " }.joined()
        try Tool.run("sqlite3", [hub.store, later + "PRAGMA user_version = 3"])
        expectFault(try hub.hubctl("list"), status: 65, naming: "version 3")
        // Another process is at work on it, so that the migration has to wait.
        let other = Process()
        other.executableURL = Tool.path(of: "sqlite3")
        let work = ["BEGIN IMMEDIATE; UPDATE kernels SET stored_at = 0;", ".shell sleep 1", "ROLLBACK"]
        other.arguments = [hub.store] + work
        try other.run()
        let migration = try KernelTree.start("hubctl", ["import", tree.path], store: hub.store)
        while migration.isRunning {
            let list = try hub.hubctl("list", "--format", "json")
            if list.status == 0 {
                #expect(list.text.split(separator: "\n").count == 6)
            } else {
                expectFault(list, status: 65, naming: "version 3")
            }
        }
        migration.waitUntilExit()
        other.waitUntilExit()
        #expect(migration.terminationStatus == 0)
        #expect(try KernelTree.contents(of: hub.store) == contents)
        #expect(try hub.hubctl("verify").status == 0)
    }

    @Test func twoImportsOfOneTreeLoseNothing() throws {
        let expected = hub.path("expected.db")
        #expect(try hubctl(["import", tree.path], store: expected).status == 0)
        let imports = try (0..<2).map { _ in
            try KernelTree.start("hubctl", ["import", tree.path], store: hub.store)
        }
        for one in imports { one.waitUntilExit() }
        #expect(imports.map(\.terminationStatus) == [0, 0])
        #expect(try KernelTree.contents(of: hub.store) == KernelTree.contents(of: expected))
        #expect(try hub.hubctl("verify").status == 0)
    }

    @Test func aLimitOnTheSizeOfFilesLosesNothing() throws {
        let first = try KernelTree(kernels: 1)
        #expect(try hub.hubctl("import", first.path).status == 0)
        let blocks = try hub.bytes("hub.db").count / 1024
        let limited = "trap '' XFSZ; ulimit -f \(blocks); exec \"$0\" \"$@\""
        let result = try Tool.attempt(
            "bash",
            ["-c", limited, Program.path("hubctl"), "import", tree.path, "--store", hub.store]
        )
        expectFault(result, status: 74, naming: "hub.db")
        #expect(try hub.hubctl("verify").status == 0)
        #expect(try KernelTree.contents(of: hub.store).count < 6)
        #expect(try hub.hubctl("import", tree.path).status == 0)
        #expect(try KernelTree.contents(of: hub.store).count == 6)
        #expect(try hub.hubctl("verify").status == 0)
    }
}
