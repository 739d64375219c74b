import ArgumentParser
import CommandSupport
import HubStore

struct BackupCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the archive to a file, consistently, while workers write.",
        discussion: "The copy is an archive of its own and appears whole or not at all."
    )

    @OptionGroup var store: StoreOptions
    @Argument(help: "The copy; a file that is there is replaced.") var file: String

    func execute() throws {
        let archive = try store.open(.readOnly)
        let progress = ProgressBar()
        defer { progress.finish() }
        var size = 0
        try archive.backup(to: file) { done, total in
            size = total
            progress.update("copying \(archive.path)", done: UInt64(done), total: UInt64(total))
        }
        progress.finish()
        Printing.remark("\(file): \(readableByteCount(size))")
    }
}
