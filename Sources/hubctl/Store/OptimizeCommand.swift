import ArgumentParser
import CommandSupport
import HubStore

struct OptimizeCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize",
        abstract: "Choose anew what each kernel's BTF is stored as a difference to.",
        discussion: """
            Worth its time after many kernels were added. Others can read and write meanwhile, and it can be ended at \
            any moment: the next run goes on where it was.
            """
    )

    @OptionGroup var store: StoreOptions
    @Flag(help: "Also give unused space back to the file system, which takes as much space again for a while.")
    var compact = false

    func execute() throws {
        let archive = try store.open(.readWrite)
        let progress = ProgressBar()
        let result = try archive.optimize {
            progress.update("optimizing", items: $0.examined + $0.noted + $0.joined, of: $0.total)
        }
        progress.finish()
        if compact { try archive.compact() }
        try archive.close()
        if result.noted > 0 { Printing.remark("\(counted(result.noted, "kernel")): names in modules noted") }
        if result.joined > 0 {
            Printing.remark("\(counted(result.joined, "kernel")): modules stored as differences to another kernel's")
        }
        Printing.remark(
            "\(counted(result.examined, "BTF")) examined, \(result.changed) stored otherwise, "
                + "\(readableByteCount(abs(result.savedBytes))) \(result.savedBytes < 0 ? "more" : "saved")"
        )
    }
}
