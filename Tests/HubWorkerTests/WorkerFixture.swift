import Conversion
import Foundation
import HubStore
import HubWorker
import KernelPackages
import Synchronization
import TestSupport

/// A real repository, a real store, and small images that gcc has built with DWARF.
struct WorkerFixture {
    let repository: AptRepository
    let store: HubStore
    private let events = EventLog()

    init() throws {
        repository = try AptRepository()
        store = try HubStore(repository.directory.path("hub.db"), access: .create)
    }

    /// An image whose one structure has a name of its own.
    ///
    /// - Parameters:
    ///   - structure: the structure's name.
    ///   - isDebug: whether the image has DWARF.
    /// - Returns: the image's path.
    /// - Throws: `Tool.Failure` when gcc fails.
    func image(_ structure: String = "task_struct", isDebug: Bool = true) throws -> String {
        let source = try repository.directory.write(
            """
            struct \(structure) { int pid; struct \(structure) *parent; char comm[16]; } current;
            int pid_of(struct \(structure) *task) { return task->pid; }

            """,
            to: "\(structure).c"
        )
        let path = repository.directory.path("vmlinux-\(structure)\(isDebug ? "" : "-stripped")")
        let options = ["-shared", "-nostdlib", "-O1", "-Wl,--build-id", "-o", path, source]
        try Tool.run("gcc", (isDebug ? ["-g"] : []) + options)
        return path
    }

    @discardableResult
    func add(_ release: String, image: String, version: String = "6.1.1-1") throws -> String {
        try repository.add(
            "linux-image-\(release)-dbg",
            version: version,
            files: ["usr/lib/debug/boot/vmlinux-\(release)": image]
        )
    }

    func job(release: DistributionRelease? = nil, btf: BTFSource = .auto, includesModules: Bool = false) -> Job {
        Job(
            name: "test",
            source: .apt(configurationFile: repository.configurationFile),
            packages: ["linux-image-*-dbg"],
            release: release,
            btfSource: btf,
            includesModules: includesModules
        )
    }

    var workDirectory: String { repository.directory.path("work") }

    func worker(retries: RetrySchedule = RetrySchedule()) -> Worker {
        var options = Worker.Options(workDirectory: workDirectory)
        options.retries = retries
        options.download.retries = 0
        return Worker(store: store, options: options) { [events] event in events.add(event) }
    }

    /// What the workers have told so far, without the progress of fetching.
    var told: [WorkerEvent] { events.all.filter { if case .fetching = $0 { false } else { true } } }

    /// Files that are left in the work folder.
    var residue: [String] { (try? FileManager.default.contentsOfDirectory(atPath: workDirectory)) ?? [] }

    private final class EventLog: Sendable {
        private let events = Mutex<[WorkerEvent]>([])
        var all: [WorkerEvent] { events.withLock { $0 } }
        func add(_ event: WorkerEvent) { events.withLock { $0.append(event) } }
    }
}
