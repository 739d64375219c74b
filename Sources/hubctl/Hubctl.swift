import ArgumentParser
import CommandSupport
import HubStore

/// The command line of the archive.
@main
struct Hubctl: HubProgram {
    static let configuration = CommandConfiguration(
        commandName: "hubctl",
        abstract: "Type information (BTF) for every kernel that distributions publish.",
        discussion: """
            The archive is one SQLite file, which hubworker fills. A kernel is named like \
            debian/12/x86_64/6.1.0-56-cloud-amd64; codenames, aarch64 and the like are understood.

            Results go to standard output or to -o, all else to standard error. Exit status: 0 done, 1 the answer is \
            no, 64 usage, 65 bad input, 69 no answer from a server, 70 a bug, 74 writing failed.
            """,
        version: HubVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "BTF files",
                subcommands: [ConvertCommand.self, CompareCommand.self, DumpCommand.self]
            ),
            CommandGroup(
                name: "BPF programs",
                subcommands: [RelocsCommand.self, CheckCommand.self, MinimizeCommand.self, BundleCommand.self]
            ),
            CommandGroup(
                name: "The archive",
                subcommands: [
                    ListCommand.self, ShowCommand.self, DiffCommand.self, HistoryCommand.self, ImportCommand.self,
                    ExportCommand.self, StatsCommand.self, VerifyCommand.self, RepairCommand.self, OptimizeCommand.self,
                    BackupCommand.self, ServeCommand.self,
                ]
            ),
        ]
    )
}
