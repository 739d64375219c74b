import CommandSupport
import Foundation
import HubStore
import HubWorker
import KernelIdentity
import KernelPackages

/// Shows what a worker does: a bar while it fetches, and a line for each package.
struct WorkerDisplay: Sendable {
    private let progress = ProgressBar()

    /// Shows one event.
    func show(_ event: WorkerEvent) {
        switch event {
        case .planned(let plan): Printing.remark(Self.summary(of: plan))
        case .began(let name, let index, let count): if count > 1 { Printing.remark("[\(index)/\(count)] \(name)") }
        case .fetching(let name, let fetched):
            progress.update("fetching \(name)", done: fetched.received, total: fetched.total)
        case .unpacking, .converting, .storing: progress.finish()
        case .convertingModules(let name, let count): progress.update("\(name): modules", items: count)
        case .finished(let report):
            progress.finish()
            for line in Self.failures(of: report) { Printing.remark("error: \(line)") }
            Printing.remark(Self.line(of: report))
        }
    }

    private static func summary(of plan: JobPlan) -> String {
        let due = plan.due.count
        let packages = counted(plan.items.count, "package")
        return due == 0
            ? "\(packages) in the index, none to process"
            : "\(packages) in the index, \(due) to process (\(readableByteCount(plan.dueBytes)))"
    }

    /// A line for each module that could not be converted, up to a screenful.
    private static func failures(of report: ItemReport) -> [String] {
        let failures = report.modules?.failures ?? []
        guard failures.count > 20 else { return failures }
        return failures.prefix(20) + ["\(failures.count - 20) more modules could not be converted"]
    }

    private static func modules(of report: ItemReport) -> String {
        report.modules.map { " with \(counted($0.count, "module"))" } ?? ""
    }

    private static func line(of report: ItemReport) -> String {
        switch report.result {
        case .stored(let name, .stored): "\(name): stored" + modules(of: report)
        case .stored(let name, .replaced): "\(name): stored" + modules(of: report) + ", in place of what was there"
        case .stored(let name, .unchanged): "\(name): unchanged"
        case .noImage(let reason): "\(report.name): \(reason)"
        case .failed(_, let reason, let retryAfter):
            "error: \(report.name): \(reason)"
                + (retryAfter.map { " (to be tried again after \($0.formatted(.iso8601)))" } ?? "")
        }
    }
}

extension JobReport {
    /// The exit status that the faults lead to: the worst that someone has to look at.
    var exitStatus: ExitStatus {
        if faults.contains(.host) { return .inputOutput }
        if faults.contains(.input) { return .badInput }
        return faults.contains(.remote) ? .unavailable : .success
    }
}
