import ArgumentParser
import CommandSupport
import HubWorker

struct IngestCommand: AsyncHubCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Take kernels from packages or images on disk.",
        discussion: """
            A package says itself which kernel it has; an image says it only in part, so that --distro, --version and \
            --release are needed with it.
            """
    )

    @Argument(help: "Packages (.deb, .ddeb, .rpm) and kernel images (vmlinux).") var files: [String]
    @OptionGroup var options: WorkerOptions
    @Flag(help: "Take the modules in packages too, from their DWARF.") var modules = false
    @Option(help: ArgumentHelp("The distribution: ID of os-release.", valueName: "id")) var distro: String?
    @Option(help: ArgumentHelp("Its version: VERSION_ID of os-release.", valueName: "version")) var version: String?
    @Option(help: ArgumentHelp("The architecture, by any of its names.", valueName: "arch")) var arch: String?
    @Option(help: ArgumentHelp("What uname -r prints on this kernel.", valueName: "release")) var release: String?

    func validate() throws {
        if files.isEmpty { throw ValidationError("name at least one package or image") }
        if release != nil, files.count > 1 {
            throw ValidationError("--release names one kernel; give one file with it")
        }
    }

    func execute() async throws {
        let display = WorkerDisplay()
        let naming = KernelNaming(distribution: distro, version: version, architecture: arch, release: release)
        let worker = try options.worker(display.show)
        let report = try await worker.ingest(files, naming: naming, includesModules: modules)
        if report.exitStatus != .success { throw ExitCode(report.exitStatus.rawValue) }
    }
}
