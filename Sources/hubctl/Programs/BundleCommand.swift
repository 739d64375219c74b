public import Archive
public import ArgumentParser
import Bundler
import CommandSupport
import HubStore
public import Minimizer

struct BundleCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Make one archive with what programs need of every kernel.",
        discussion: """
            For each kernel that the filters let through, the archive holds the BTF cut down to what the programs' \
            relocations touch, proven by solving each relocation again. The suffix of -o says how the archive is \
            compressed: .tar, .tar.gz, .tar.xz or .tar.zst. The same programs and kernels give the same bytes.
            """
    )

    @Argument(help: "BPF objects, compiled with -g, or relocation request logs.") var objects: [String]
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"))
    var output = "bundle.tar.zst"
    @Option(help: "How kernels are laid out: btfhub is ./DISTRO/VERSION/ARCH/RELEASE.btf.")
    var layout: BundleLayout = .btfhub
    @Option(help: "How the archive is compressed; by default what the suffix of -o says.")
    var compression: Compression?
    @OptionGroup var filter: FilterOptions
    @OptionGroup var store: StoreOptions

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
        if compression == nil, output != "-", Compression(tarPath: output) == nil {
            throw ValidationError("-o must end in .tar, .tar.gz, .tar.xz or .tar.zst, or --compression be given")
        }
    }

    func execute() async throws {
        let request = BundleRequest(
            requests: try readRequests(objects),
            filter: filter.filter,
            layout: layout,
            compression: compression ?? Compression(tarPath: output) ?? .zstd
        )
        let plan = try BundlePlan(request, from: try store.open(.readOnly))
        if plan.kernels.isEmpty, plan.damaged.isEmpty {
            throw CommandFailure(.badInput, "the archive has no kernel that the filters let through")
        }
        let bar = ProgressBar()
        var report: BundleReport?
        try OutputFile(output).write { sink in
            report = try plan.write(to: sink) { done in
                bar.update("bundling", items: done, of: plan.kernels.count)
            }
        }
        bar.finish()
        if let report { try tell(report) }
    }

    private func tell(_ report: BundleReport) throws {
        for kernel in report.leftOut { Printing.remark("warning: left out: \(kernel.reason)") }
        let kernels = counted(report.contents.kernels.count, "kernel")
        Printing.remark("\(kernels), \(readableByteCount(report.contents.size)) of BTF")
        if !report.leftOut.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}

extension BundleLayout: ExpressibleByArgument {}

extension Compression: ExpressibleByArgument {}
