import BTF
import Conversion
import Foundation
import HubStore
import HubWorker
import KernelIdentity
import KernelPackages
import TestSupport
import Testing

@Suite("Running jobs")
struct WorkerRunTests {
    let fixture: WorkerFixture

    init() throws { fixture = try WorkerFixture() }

    private func name(_ release: String) throws -> KernelName {
        try KernelName(distribution: "debian", version: "12", architecture: "x86_64", release: release)
    }

    private func names(in kernel: Kernel) throws -> Set<String> {
        let btf = try BTF(parsing: try fixture.store.btf(of: kernel))
        return Set(btf.ids.map { btf.name(of: $0) })
    }

    @Test("A package's kernel is stored under its name, and a second run has nothing to do")
    func stored() async throws {
        let image = try fixture.image()
        try fixture.add("6.1.0-1-cloud-amd64", image: image)
        try fixture.repository.update()
        let report = try await fixture.worker().run(fixture.job())
        let name = try name("6.1.0-1-cloud-amd64")
        #expect(report.items.map(\.result) == [.stored(name, .stored)])
        #expect(report.faults.isEmpty && report.problems.isEmpty && report.doneBefore == 0)
        let kernel = try #require(try fixture.store.kernel(named: name))
        #expect(try names(in: kernel).isSuperset(of: ["task_struct", "pid_of", "comm"].filter { $0 != "comm" }))
        let notes = try Tool.run("readelf", ["-n", image]).text
        #expect(notes.contains(try #require(kernel.buildID).description))
        #expect(kernel.package?.source == "test" && kernel.package?.name == "linux-image-6.1.0-1-cloud-amd64-dbg")
        #expect(fixture.residue == [])

        let again = try await fixture.worker().run(fixture.job())
        #expect(again.items.isEmpty && again.doneBefore == 1)
        let entry = try fixture.store.ledger().first
        #expect(entry?.attempts == 1 && entry?.outcome == .stored)
    }

    @Test("What a worker tells comes in order")
    func events() async throws {
        try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        try fixture.repository.update()
        let report = try await fixture.worker().run(fixture.job())
        let package = "linux-image-6.1.0-1-amd64-dbg"
        let told = fixture.told
        guard case .planned(let plan) = told.first else {
            Issue.record("\(told)")
            return
        }
        #expect(plan.due.map(\.package.name) == [package] && plan.dueBytes > 0)
        #expect(
            Array(told.dropFirst()) == [
                .began(name: package, index: 1, count: 1), .unpacking(name: package), .converting(name: package),
                .storing(try name("6.1.0-1-amd64")), .finished(report.items[0]),
            ]
        )
    }

    @Test("A plan tells what is due and changes nothing, also where there is no store yet")
    func plan() async throws {
        try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        try fixture.repository.update()
        for store in [nil, fixture.store] {
            let plan = try await JobPlan(of: fixture.job(), store: store)
            #expect(plan.items.map(\.decision) == [.new])
        }
        #expect(try fixture.store.ledger().isEmpty)
        _ = try await fixture.worker().run(fixture.job())
        #expect(try await JobPlan(of: fixture.job(), store: fixture.store).due.isEmpty)
    }

    @Test("A package with no image is done with")
    func noImage() async throws {
        try fixture.repository.add("linux-image-6.1.0-1-amd64-dbg", files: ["usr/share/x": try fixture.image()])
        try fixture.repository.update()
        let report = try await fixture.worker().run(fixture.job())
        guard case .noImage = report.items.first?.result else {
            Issue.record("\(report)")
            return
        }
        #expect(report.faults.isEmpty)
        #expect(try await fixture.worker().run(fixture.job()).doneBefore == 1)
    }

    @Test("A package that is not what the index says fails, is tried again later, and stops nothing else")
    func wrongChecksum() async throws {
        let bad = try fixture.add("6.1.0-1-amd64", image: try fixture.image("one"))
        try fixture.add("6.1.0-2-amd64", image: try fixture.image("two"))
        try fixture.repository.update()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: bad))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: bad))
        let report = try await fixture.worker().run(fixture.job())
        #expect(report.faults == [.remote])
        #expect(report.items.last?.result == .stored(try name("6.1.0-2-amd64"), .stored))
        #expect(try fixture.store.kernel(named: try name("6.1.0-1-amd64")) == nil)
        guard case .failed(_, let reason, let retryAfter?) = report.items.first?.result else {
            Issue.record("\(report)")
            return
        }
        #expect(reason.contains("SHA-256") && reason.contains(bad.split(separator: "/").last ?? ""))
        #expect(abs(retryAfter.timeIntervalSinceNow - 3600) < 60)

        let waiting = try await fixture.worker().run(fixture.job())
        #expect(waiting.items.isEmpty)
        #expect(waiting.waiting.map(\.name) == ["linux-image-6.1.0-1-amd64-dbg"])
        #expect(waiting.waiting.first?.reason == reason)
    }

    @Test("After the wait a package is tried again, and waits twice as long when it fails again")
    func retry() async throws {
        let path = try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        try fixture.repository.update()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: path)
        let worker = fixture.worker(retries: RetrySchedule(first: -7200, longest: 100))
        #expect(try await worker.run(fixture.job()).faults == [.remote])
        #expect(try await worker.run(fixture.job()).faults == [.remote])
        #expect(try fixture.store.ledger().first?.attempts == 2)
        try whole.write(to: URL(fileURLWithPath: path))
        let report = try await worker.run(fixture.job())
        #expect(report.items.map(\.result) == [.stored(try name("6.1.0-1-amd64"), .stored)])
    }

    @Test("A truncated package names file and place, and leaves the store as it was")
    func truncated() async throws {
        var generator = SeededGenerator(seed: 5)
        let noise = fixture.repository.directory.path("noise")
        try Data(generator.noise(200_000)).write(to: URL(fileURLWithPath: noise))
        let path = try fixture.add("6.1.0-1-amd64", image: noise)
        // The mirror signs what it has, and what it has is cut off.
        let wholeSum = try Tool.run("sha256sum", [path]).text.prefix(64)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let cut = fixture.repository.directory.path("cut")
        try whole.prefix(100_000).write(to: URL(fileURLWithPath: cut))
        let cutSum = try Tool.run("sha256sum", [cut]).text.prefix(64)
        try fixture.repository.update { index in
            index.replacingOccurrences(of: wholeSum, with: cutSum)
                .replacingOccurrences(of: "Size: \(whole.count)\n", with: "Size: 100000\n")
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: cut, toPath: path)
        let report = try await fixture.worker().run(fixture.job())
        #expect(report.faults == [.input])
        guard case .failed(_, let reason, _) = report.items.first?.result else { return }
        #expect(reason.contains("_6.1.1-1_amd64.deb, member data.tar.xz"))
        #expect(reason.contains("near byte 100000"))
        #expect(reason.contains("ends too early"))
        #expect(try fixture.store.kernels().kernels.isEmpty)
    }

    @Test("An image with neither DWARF nor BTF fails; with a .BTF section it is stored from that")
    func embedded() async throws {
        let stripped = try fixture.image(isDebug: false)
        let text = try fixture.repository.directory.write("no ELF at all", to: "text")
        let full = try fixture.image("embedded_struct")
        try Tool.run("pahole", ["-J", full])
        try Tool.run("objcopy", ["--strip-debug", full])
        try fixture.add("6.1.0-1-amd64", image: stripped)
        try fixture.add("6.1.0-2-amd64", image: text)
        try fixture.add("6.1.0-3-amd64", image: full)
        try fixture.repository.update()
        let report = try await fixture.worker().run(fixture.job())
        #expect(report.faults == [.input, .input])
        guard case .failed(_, let reason, _) = report.items[0].result else { return }
        #expect(reason.contains("vmlinux-6.1.0-1-amd64") && reason.contains(".debug_info"))
        #expect(report.items[2].result == .stored(try name("6.1.0-3-amd64"), .stored))
        let kernel = try #require(try fixture.store.kernel(named: try name("6.1.0-3-amd64")))
        #expect(try names(in: kernel).contains("embedded_struct"))
    }

    @Test("Where nobody says the release, the package fails with what to give; the job may say it")
    func unknownRelease() async throws {
        try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        try fixture.repository.update(release: [:])
        let report = try await fixture.worker(retries: RetrySchedule(first: -1, longest: 1)).run(fixture.job())
        guard case .failed(.input, let reason, _) = report.items.first?.result else {
            Issue.record("\(report)")
            return
        }
        #expect(reason.contains("--distro, --version"))
        let release = DistributionRelease(distribution: "debian", version: "bookworm")
        let retried = try await fixture.worker().run(fixture.job(release: release))
        #expect(retried.items.map(\.result) == [.stored(try name("6.1.0-1-amd64"), .stored)])
    }

    @Test("A newer version of a package takes the kernel's name over")
    func newVersion() async throws {
        try fixture.add("6.1.0-1-amd64", image: try fixture.image("old_struct"))
        try fixture.repository.update()
        _ = try await fixture.worker().run(fixture.job())
        try fixture.add("6.1.0-1-amd64", image: try fixture.image("new_struct"), version: "6.1.2-1")
        try fixture.repository.update()
        let report = try await fixture.worker().run(fixture.job())
        #expect(report.items.map(\.result) == [.stored(try name("6.1.0-1-amd64"), .replaced)])
        let kernel = try #require(try fixture.store.kernel(named: try name("6.1.0-1-amd64")))
        #expect(try names(in: kernel).contains("new_struct"))
    }

    @Test("A job that cannot list its packages says why")
    func noIndex() async throws {
        await #expect(throws: PackageSourceError.self) { try await fixture.worker().run(fixture.job()) }
    }

    @Test("A store that cannot be written stops the run")
    func readOnlyStore() async throws {
        try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        try fixture.repository.update()
        let store = try HubStore(fixture.store.path, access: .readOnly)
        let worker = Worker(store: store, options: Worker.Options(workDirectory: fixture.workDirectory))
        await #expect(throws: StoreError.self) { try await worker.run(fixture.job()) }
    }

    @Test(
        "A full disk is the host's fault: the package is tried again as soon as there is room",
        .enabled(if: SmallFileSystem.isAvailable, "only root can mount a small file system")
    )
    func fullDisk() async throws {
        var generator = SeededGenerator(seed: 9)
        let noise = fixture.repository.directory.path("noise")
        try Data(generator.noise(400_000)).write(to: URL(fileURLWithPath: noise))
        let package = try fixture.add("6.1.0-1-amd64", image: noise)
        try fixture.repository.update()
        let small = try SmallFileSystem(kilobytes: 200)
        let worker = Worker(store: fixture.store, options: Worker.Options(workDirectory: small.path))
        for report in [try await worker.run(fixture.job()), try await worker.ingest([package])] {
            #expect(report.faults == [.host])
            guard case .failed(_, let reason, nil) = report.items.first?.result else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.hasPrefix(small.path) && reason.contains("No space left on device"))
        }
        #expect(try fixture.store.kernels().kernels.isEmpty)
        #expect(try await JobPlan(of: fixture.job(), store: fixture.store).due.count == 1)
    }

    @Test("A cancelled run notes nothing about the package it was at", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        try fixture.repository.update()
        let worker = fixture.worker()
        let job = fixture.job()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await worker.run(job)
        }
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(try fixture.store.ledger().isEmpty)
    }
}
