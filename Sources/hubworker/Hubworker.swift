import ArgumentParser
import CommandSupport
import HubStore

/// The executable that cron starts.
@main
struct Hubworker: HubProgram {
    static let configuration = CommandConfiguration(
        commandName: "hubworker",
        abstract: "Take kernels from distributions' packages into the archive.",
        discussion: """
            Made for cron: a run does only what its ledger does not know yet, resumes what was interrupted, and notes \
            what failed with the time to try again. Exit status: 0 done, 64 usage, 65 bad input, 69 a mirror does not \
            answer, 70 a bug, 74 writing failed.
            """,
        version: HubVersion.current,
        subcommands: [RunCommand.self, IngestCommand.self]
    )
}
