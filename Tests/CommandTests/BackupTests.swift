import Foundation
import TestSupport
import Testing

/// Copies of an archive that is in use.
@Suite struct BackupTests {
    @Test func copiesAreConsistentWhileAWriterIsAtWork() throws {
        let tree = try KernelTree(kernels: 12)
        let store = tree.directory.path("hub.db")
        let undisturbed = tree.directory.path("undisturbed.db")
        #expect(try Tool.run(Program.path("hubctl"), ["import", tree.path, "--store", undisturbed]).status == 0)
        let all = Set(try KernelTree.contents(of: undisturbed))
        // An empty archive, so that there is one to copy from the first moment on.
        let empty = try KernelTree(kernels: 0)
        try Tool.run(Program.path("hubctl"), ["import", empty.directory.url.path, "--store", store])

        let writer = try KernelTree.start("hubctl", ["import", tree.path], store: store)
        var copies: [[String]] = []
        repeat {
            let copy = tree.directory.path("copy-\(copies.count).db")
            let result = try Tool.attempt(Program.path("hubctl"), ["backup", copy, "--store", store])
            #expect(result.status == 0, "\(result.diagnostics)")
            #expect(try Tool.attempt(Program.path("hubctl"), ["verify", "--store", copy]).status == 0)
            copies.append(try KernelTree.contents(of: copy))
        } while writer.isRunning
        #expect(writer.terminationStatus == 0)
        for copy in copies { #expect(Set(copy).isSubset(of: all)) }
        for (earlier, later) in zip(copies, copies.dropFirst()) { #expect(Set(earlier).isSubset(of: Set(later))) }
        let last = tree.directory.path("last.db")
        try Tool.run(Program.path("hubctl"), ["backup", last, "--store", store])
        #expect(Set(try KernelTree.contents(of: last)) == all)
    }

    @Test func anArchiveIsNeverWrittenOverByItsCopy() throws {
        let hub = try Hub()
        let tree = try KernelTree(kernels: 1)
        #expect(try hub.hubctl("import", tree.path).status == 0)
        let before = try hub.bytes("hub.db")
        #expect(try hub.hubctl("backup", hub.store).status == 74)
        #expect(try hub.hubctl("backup", hub.path("no/such/folder.db")).status == 74)
        #expect(try hub.bytes("hub.db") == before)
        // A copy is written over, a store that is in use is not.
        #expect(try hub.hubctl("backup", hub.path("copy.db")).status == 0)
        #expect(try hub.hubctl("backup", hub.path("copy.db")).status == 0)
        try hub.write([], to: "copy.db-wal")
        #expect(try hub.hubctl("backup", hub.path("copy.db")).status == 74)
        #expect(!FileManager.default.fileExists(atPath: hub.path("copy.db.partial")))
    }
}
