import ArgumentParser
import CommandSupport
import HubStore

struct VerifyCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read and check everything in the archive; exit 1 names what is damaged."
    )

    @OptionGroup var store: StoreOptions

    func execute() throws {
        let archive = try store.open(.readOnly)
        var kernels = 0
        let isIntact = try archive.verify { result in
            switch result.subject {
            case .file: for damage in result.damage { try Printing.result("\(archive.path): \(damage)\n") }
            case .kernel(let name):
                kernels += 1
                for damage in result.damage { try Printing.result("\(name): \(damage)\n") }
            }
        }
        Printing.remark("\(counted(kernels, "kernel")) checked: \(isIntact ? "all whole" : "damage found")")
        if !isIntact { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}
