import ArgumentParser
import CommandSupport
import Foundation
import HubStore
import HubWorker
import KernelPackages

struct RunCommand: AsyncHubCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run ingestion jobs.",
        discussion: "A job that fails stops no other; the exit status is that of the first that failed."
    )

    @Argument(help: "Job files, such as jobs/debian-apt.yaml.") var jobs: [String]
    @OptionGroup var options: WorkerOptions
    @Flag(help: "Say what would be done, and do nothing.") var dryRun = false

    func validate() throws {
        if jobs.isEmpty { throw ValidationError("name at least one job file") }
    }

    func execute() async throws {
        let jobs = try self.jobs.map { try Job(path: $0) }
        if dryRun {
            for job in jobs { try await printPlan(of: job) }
            return
        }
        let display = WorkerDisplay()
        let worker = try options.worker(display.show)
        var status = ExitStatus.success
        for job in jobs {
            if jobs.count > 1 { Printing.remark("job \(job.name)") }
            var jobStatus = ExitStatus.success
            do {
                let report = try await worker.run(job)
                for problem in report.problems { Printing.remark("warning: \(job.name): \(problem)") }
                for package in report.waiting { Printing.remark(Self.line(of: package)) }
                jobStatus = report.exitStatus
            } catch let error as PackageSourceError {
                Printing.remark("error: \(job.name): \(error)")
                jobStatus = .unavailable
            }
            if status == .success { status = jobStatus }
        }
        if status != .success { throw ExitCode(status.rawValue) }
    }

    private static func line(of package: WaitingPackage) -> String {
        "\(package.name): failed before (\(package.reason)), not to be tried before "
            + package.until.formatted(.iso8601)
    }

    private func printPlan(of job: Job) async throws {
        // A store that is not there yet knows nothing.
        let path = options.store.path ?? HubStore.defaultPath()
        let store = FileManager.default.fileExists(atPath: path) ? try options.store.open(.readOnly) : nil
        let plan = try await JobPlan(of: job, store: store)
        var table = TextTable([
            ("JOB", .leading), ("PACKAGE", .leading), ("VERSION", .leading), ("SIZE", .trailing), ("", .leading),
        ])
        for item in plan.items {
            table.add([
                job.name, item.package.name, item.package.version, readableByteCount(item.package.size),
                Self.word(for: item.decision),
            ])
        }
        try Printing.result(table.text)
        for problem in plan.problems { Printing.remark("warning: \(job.name): \(problem)") }
    }

    private static func word(for decision: PackageDecision) -> String {
        switch decision {
        case .new: "new"
        case .retry: "failed before, to be tried again"
        case .waiting(_, let until): "failed before, not to be tried before \(until.formatted(.iso8601))"
        case .done: "done"
        }
    }
}
