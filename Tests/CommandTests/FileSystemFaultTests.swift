import Foundation
import TestSupport
import Testing

/// File systems that are full or cannot be written, and what commands do there.
@Suite(.enabled(if: SmallFileSystem.isAvailable, "only root can mount a small file system"))
struct FileSystemFaultTests {
    private let tree: KernelTree

    init() throws { tree = try KernelTree(kernels: 12) }

    private func hubctl(_ arguments: String...) throws -> Tool.Result {
        try Tool.attempt(Program.path("hubctl"), arguments)
    }

    @Test func anImportGoesOnWhenThereIsRoomAgain() throws {
        let disk = try SmallFileSystem(kilobytes: 1024)
        let store = disk.path("hub.db")
        let first = try KernelTree(kernels: 1)
        #expect(try hubctl("import", first.path, "--store", store).status == 0)
        let filler = try disk.fill(leaving: 64)
        expectFault(try hubctl("import", tree.path, "--store", store), status: 74, naming: store)
        #expect(try hubctl("verify", "--store", store).status == 0)
        let left = try KernelTree.contents(of: store)
        #expect(left.count >= 1 && left.count < 12)
        try FileManager.default.removeItem(atPath: filler)
        #expect(try hubctl("import", tree.path, "--store", store).status == 0)
        let undisturbed = tree.directory.path("undisturbed.db")
        #expect(try hubctl("import", tree.path, "--store", undisturbed).status == 0)
        #expect(try KernelTree.contents(of: store) == KernelTree.contents(of: undisturbed))
        #expect(try hubctl("verify", "--store", store).status == 0)
    }

    @Test func aTreeAndACopyAreWholeOrAbsent() throws {
        let disk = try SmallFileSystem(kilobytes: 1024)
        let store = tree.directory.path("hub.db")
        #expect(try hubctl("import", tree.path, "--store", store).status == 0)
        let whole = tree.directory.path("whole")
        #expect(try hubctl("export", "--layout", "btfhub", whole, "--store", store).status == 0)

        let filler = try disk.fill(leaving: 12)
        let export = try hubctl("export", "--layout", "btfhub", disk.path("out"), "--store", store)
        expectFault(export, status: 74, naming: disk.path)
        expectFault(try hubctl("backup", disk.path("copy.db"), "--store", store), status: 74, naming: disk.path)
        let files = try Tool.run("find", [disk.path, "-type", "f", "-printf", "%P\n"]).text.split(separator: "\n")
        for file in files where file != "filler" {
            let exported = try #require(file.wholeMatch(of: /out\/(.*)/)).output.1
            try Tool.run("cmp", [disk.path(String(file)), "\(whole)/\(exported)"])
        }
        #expect(files.count < 13)

        try FileManager.default.removeItem(atPath: filler)
        #expect(try hubctl("export", "--layout", "btfhub", disk.path("out"), "--store", store).status == 0)
        try Tool.run("diff", ["-r", disk.path("out"), whole])
        #expect(try hubctl("backup", disk.path("copy.db"), "--store", store).status == 0)
        #expect(try KernelTree.contents(of: disk.path("copy.db")) == KernelTree.contents(of: store))
    }

    @Test func aWriteProtectedArchiveIsReadAndNotWritten() throws {
        let disk = try SmallFileSystem(kilobytes: 1024)
        let store = disk.path("hub.db")
        let first = try KernelTree(kernels: 1)
        #expect(try hubctl("import", first.path, "--store", store).status == 0)
        try disk.makeReadOnly()
        #expect(try KernelTree.contents(of: store).count == 1)
        #expect(try hubctl("verify", "--store", store).status == 0)
        #expect(try hubctl("backup", tree.directory.path("copy.db"), "--store", store).status == 0)
        for command in [["import", tree.path], ["repair"], ["optimize"]] {
            let result = try Tool.attempt(Program.path("hubctl"), command + ["--store", store])
            expectFault(result, status: 74, naming: store)
        }
        #expect(try KernelTree.contents(of: store) == KernelTree.contents(of: tree.directory.path("copy.db")))
    }
}
