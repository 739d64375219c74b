import ArgumentParser
import CommandSupport
import Foundation
import HubStore
import Synchronization

struct ImportCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take the kernels of an archive tree, such as btfhub-archive.",
        discussion: """
            The tree is DISTRO/VERSION/ARCH/RELEASE.btf.tar.xz, or .btf, .btf.zst, .btf.gz. What is stored already is \
            not decoded again, and a kernel that the archive has from a package is kept. A bad file is named and stops \
            nothing else.
            """
    )

    @OptionGroup var store: StoreOptions
    @Argument(help: "The tree's folder.") var folder: String
    @Flag(help: "Say what would be done, and do nothing.") var dryRun = false
    @Flag(help: "Take files that are stored already once more, to mend a damaged archive.") var again = false
    @Option(help: ArgumentHelp("How many threads may decode.", valueName: "n")) var threads = 2

    func validate() throws {
        if !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
    }

    func execute() throws {
        let tree: ArchiveTree
        do { tree = try ArchiveTree(scanning: folder) } catch {
            throw CommandFailure(.badInput, "\(folder) cannot be looked through: it is no folder, or it cannot be read")
        }
        for (path, reason) in tree.passedOver { Printing.remark("passed over: \(path): \(reason)") }
        let progress = ProgressBar()
        let counts = Mutex(ImportCounts())
        let isDryRun = dryRun
        let total = tree.files.count
        try TreeImport(into: try archive(), isDryRun: dryRun, isRepeated: again).run(tree.files, threads: threads) {
            report in
            counts.withLock { counts in
                counts.add(report.outcome)
                if case .failed(let reason) = report.outcome {
                    progress.finish()
                    Printing.remark("error: \(reason)")
                } else if isDryRun, report.outcome == .due {
                    Printing.remark("\(report.file.path): \(report.file.kernel)")
                }
                progress.update("importing", items: counts.all, of: total)
            }
        }
        progress.finish()
        let result = counts.withLock { $0 }
        Printing.remark(result.text)
        if result.failed > 0 { throw ExitCode(ExitStatus.badInput.rawValue) }
    }

    /// The archive, made where there is none; a dry run makes none.
    private func archive() throws -> HubStore? {
        guard dryRun else { return try store.open(.create) }
        let isThere = FileManager.default.fileExists(atPath: store.path ?? HubStore.defaultPath())
        return isThere ? try store.open(.readOnly) : nil
    }
}

/// How many files have come to what.
private struct ImportCounts {
    private var stored = 0
    private var replaced = 0
    private var unchanged = 0
    private var kept = 0
    private var due = 0
    private(set) var failed = 0

    var all: Int { stored + replaced + unchanged + kept + due + failed }

    mutating func add(_ outcome: TreeImport.Outcome) {
        switch outcome {
        case .stored: stored += 1
        case .replaced: replaced += 1
        case .unchanged, .known: unchanged += 1
        case .kept: kept += 1
        case .due: due += 1
        case .failed: failed += 1
        }
    }

    var text: String {
        let parts = [
            (stored, "stored"), (replaced, "stored in place of another"), (unchanged, "unchanged"),
            (kept, "kept as they were from elsewhere"), (due, "to be stored"), (failed, "failed"),
        ]
        let counts = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(counted(all, "kernel")) in the tree" + (counts.isEmpty ? "" : ": \(counts)")
    }
}
