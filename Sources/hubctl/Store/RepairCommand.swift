import ArgumentParser
import CommandSupport
import HubStore

struct RepairCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Drop what is damaged, so that the next run of its job stores it again.",
        discussion: """
            Each dropped kernel is named with the package that it came from. Exit 1 says that something is damaged \
            still, which 'hubctl verify' names.
            """
    )

    @OptionGroup var store: StoreOptions

    func execute() throws {
        let archive = try store.open(.readWrite)
        var dropped = 0
        try archive.repair { kernel in
            dropped += 1
            let origin = kernel.package.map { "ingest \($0) again" } ?? "add it again"
            try Printing.result("\(kernel.kernel): \(kernel.damage.joined(separator: "; ")); dropped, \(origin)\n")
        }
        Printing.remark("\(counted(dropped, "kernel")) dropped")
        if try !archive.verify({ _ in }) { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}
