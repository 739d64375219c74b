import Foundation
import Glibc
import TestSupport
import Testing

/// Writers that are killed or that meet each other, and readers beside them: processes of their own, on one archive.
@Suite struct NothingLostTests {
    /// How often the writer is killed; scripts/kill-writer asks for more.
    private static let kills = Int(ProcessInfo.processInfo.environment["BTFHUB_KILLS"] ?? "") ?? 6

    private static func tree() throws -> KernelTree {
        guard let folder = ProcessInfo.processInfo.environment["BTFHUB_KILL_BTF"] else {
            return try KernelTree(kernels: 10)
        }
        return try KernelTree(ofFilesIn: folder)
    }

    @Test func aKilledWriterLosesNothing() throws {
        let tree = try Self.tree()
        let undisturbed = tree.directory.path("undisturbed.db")
        let start = ContinuousClock.now
        try Tool.run(Program.path("hubctl"), ["import", tree.path, "--store", undisturbed])
        var duration = ContinuousClock.now - start
        let expected = try KernelTree.contents(of: undisturbed)
        var generator = SeededGenerator(seed: 4)
        var cutOff = 0
        var kill = 0
        // One that has ended before its instant came is not counted.
        while cutOff < Self.kills, kill < 8 * Self.kills {
            kill += 1
            let store = tree.directory.path("killed-\(kill).db")
            let writer = try KernelTree.start("hubctl", ["import", tree.path], store: store)
            let instant = duration * Double.random(in: 0..<1, using: &generator)
            Thread.sleep(
                forTimeInterval: Double(instant.components.attoseconds) * 1e-18 + Double(instant.components.seconds)
            )
            Glibc.kill(writer.processIdentifier, SIGKILL)
            writer.waitUntilExit()
            if writer.terminationReason == .uncaughtSignal { cutOff += 1 } else { duration = instant }
            // Before its first transaction the writer may have left nothing, or an empty file.
            let size = (try? FileManager.default.attributesOfItem(atPath: store)[.size] as? Int) ?? 0
            if size > 0 {
                let check = try Tool.attempt(Program.path("hubctl"), ["verify", "--store", store])
                #expect(check.status == 0, "kill \(kill) at \(instant): \(check.text)\(check.diagnostics)")
                let left = try KernelTree.contents(of: store)
                #expect(Set(left).isSubset(of: Set(expected)), "kill \(kill) at \(instant)")
            }
            let rerun = try Tool.attempt(Program.path("hubctl"), ["import", tree.path, "--store", store])
            #expect(rerun.status == 0, "kill \(kill) at \(instant): \(rerun.diagnostics)")
            #expect(try KernelTree.contents(of: store) == expected, "kill \(kill) at \(instant)")
            #expect(try Tool.attempt(Program.path("hubctl"), ["verify", "--store", store]).status == 0)
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        }
        print("killed \(cutOff) of \(kill) writers at work; an undisturbed one takes \(duration) at most")
        #expect(cutOff == Self.kills)
    }

    @Test func twoWorkersLoseNothingAndReadersSeeWholeKernels() throws {
        let hub = try Hub()
        let work = hub.path("work")
        var arguments: [[String]] = [[], []]
        for index in 0..<8 {
            try hub.makeImage("vmlinux-\(index)", extraMember: "int member_\(index);")
            try hub.makePackage("\(index).deb", release: "6.1.0-\(index)-test", image: "vmlinux-\(index)")
            arguments[index % 2].append(hub.path("\(index).deb"))
        }
        let workers = try arguments.map { files in
            try KernelTree.start(
                "hubworker",
                ["ingest"] + files + kernelFlags + ["--work-dir", work],
                store: hub.store
            )
        }
        var seen: [Set<String>] = []
        repeat {
            guard FileManager.default.fileExists(atPath: hub.store) else { continue }
            let list = try Tool.attempt(Program.path("hubctl"), ["list", "--store", hub.store, "--format", "json"])
            // Until the first worker has made it, the file is empty.
            guard list.status == 0 else { continue }
            let names = list.text.matches(of: /"name":"(debian\/[^"]+)"/).map { String($0.output.1) }
            seen.append(Set(names))
            for name in names.suffix(2) {
                let export = try Tool.attempt(
                    Program.path("hubctl"),
                    ["export", name, "-o", hub.path("read.btf"), "--store", hub.store]
                )
                #expect(export.status == 0, "\(export.diagnostics)")
            }
        } while workers.contains { $0.isRunning }
        #expect(workers.map(\.terminationStatus) == [0, 0])
        #expect(try KernelTree.contents(of: hub.store).count == 8)
        #expect(try hub.hubctl("verify").status == 0)
        #expect(try hub.hubctl("stats").text.contains("8 stored"))
        for (earlier, later) in zip(seen, seen.dropFirst()) { #expect(earlier.isSubset(of: later)) }
    }
}
