import ArgumentParser
import BTF
import Bundler
import CommandSupport
import HubStore
import Minimizer

struct CheckCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say on which kernels programs load, and why not.",
        discussion: """
            For each kernel of the archive that the filters let through, and each --btf file: whether every relocation \
            resolves, and if not, whether that is fatal or the program checks for it. Exit status 1 when a program \
            fails on a kernel, so that it can gate a release. docs/check.md says what the words mean.
            """
    )

    @Argument(help: "BPF objects, compiled with -g, or relocation request logs.") var objects: [String]
    @Option(help: ArgumentHelp("A kernel's BTF, a file, instead of the archive; may be repeated.", valueName: "file"))
    var btf: [String] = []
    @Option(help: ArgumentHelp("The BTF of a module over the one --btf; may be repeated.", valueName: "file"))
    var module: [String] = []
    @Option(help: "Whose rules decide: libbpf, or cilium for cilium/ebpf.") var rules: LoaderRules = .libbpf
    @Option(help: "What a loader gets of the kernels' modules: none, split or merged, as for bundle.")
    var modules: ModuleUse = .merged
    @Option(help: "table, json, or svg: a picture for a release page.") var format: CheckFormat = .table
    @Flag(help: "Keep no solutions beside the archive, and use none.") var noCache = false
    @OptionGroup var filter: FilterOptions
    @OptionGroup var store: StoreOptions

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
        if !module.isEmpty, btf.count != 1 { throw ValidationError("--module goes with one --btf") }
    }

    /// Files stand alone unless the archive or a part of it is asked for too.
    private var usesArchive: Bool {
        btf.isEmpty || store.path != nil || filter.distro != nil || filter.version != nil || filter.arch != nil
            || filter.release != nil
    }

    func execute() throws {
        MemoryReuse.enable(isOneHeap: true)
        let check = CompatibilityCheck(try readRequests(objects), by: rules, modules: modules)
        let archive = usesArchive ? try store.open(.readOnly) : nil
        let files = try btf.map { (path: $0, types: try readKernel($0, modules: module)) }
        let bar = ProgressBar()
        let report = try check.run(
            on: archive,
            matching: filter.filter,
            files: files,
            cache: noCache ? nil : archive.map { SolutionFolder.beside(store: $0.path) },
            progress: { bar.update("checking", items: $0, of: $1) }
        )
        bar.finish()
        if report.entries.isEmpty {
            throw CommandFailure(.badInput, "the archive has no kernel that the filters let through")
        }
        switch format {
        case .table: try Printing.result(CheckTable(report).text)
        case .json: try Printing.json(CompatibilityDocument(report))
        case .svg: try Printing.result(CompatibilityPicture(report).svg)
        }
        if report.result >= .fails { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}

/// How a check is printed.
enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, svg
}
