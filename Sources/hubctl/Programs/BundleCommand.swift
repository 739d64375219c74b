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
            For each kernel that the filters let through, the bundle holds the BTF cut down to what the programs' \
            relocations touch, proven by solving each relocation again. The suffix of -o says how the archive is \
            compressed: .tar, .tar.gz, .tar.xz or .tar.zst. The layouts ig and embed are several files: -o then names \
            a folder, or an archive around them. The same programs and kernels give the same bytes. docs/bundles.md \
            says who reads which layout.
            """
    )

    @Argument(help: "BPF objects, compiled with -g, or relocation request logs.") var objects: [String]
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file or folder to write; - is standard output. (default: bundle with the layout's suffix)",
            valueName: "path"
        )
    )
    var output: String?
    @Option(help: "Whose paths kernels are laid out by.")
    var layout: BundleLayout = .btfhub
    @Option(
        help: """
            What of the kernels' modules that a relocation touches is in it: none, merged into the kernel's BTF, or split: \
            files beside it, in the layouts whose readers have a use for them.
            """
    )
    var modules: ModuleUse = .merged
    @Option(help: "How the archive is compressed; by default what the suffix of -o says.")
    var compression: Compression?
    @Flag(help: "Keep no solutions beside the archive, and use none.") var noCache = false
    @OptionGroup var filter: FilterOptions
    @OptionGroup var store: StoreOptions

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
        if !isFolder, compression == nil, path != "-", Compression(tarPath: path) == nil {
            throw ValidationError("-o must end in .tar, .tar.gz, .tar.xz or .tar.zst, or --compression be given")
        }
    }

    /// Where to, by default in the working directory.
    private var path: String {
        output ?? "bundle" + (layout.isFolder ? "" : (compression ?? layout.compression ?? .zstd).tarSuffix)
    }

    private var isFolder: Bool { layout.isFolder && path != "-" && Compression(tarPath: path) == nil }

    func execute() throws {
        MemoryReuse.enable(isOneHeap: true)
        let request = try BundleRequest(
            requests: try readRequests(objects),
            filter: filter.filter,
            modules: modules,
            layout: layout,
            compression: compression ?? Compression(tarPath: path)
        )
        let archive = try store.open(.readOnly)
        let plan = try BundlePlan(request, from: archive)
        if plan.kernels.isEmpty, plan.damaged.isEmpty {
            throw CommandFailure(.badInput, "the archive has no kernel that the filters let through")
        }
        let bar = ProgressBar()
        let cache = noCache ? nil : SolutionFolder.beside(store: archive.path)
        let count = plan.kernels.count
        let progress = { done in bar.update("bundling", items: done, of: count) }
        let report: BundleReport
        if isFolder {
            report = try writeFiles(of: plan, cache: cache, progress: progress)
        } else {
            var written: BundleReport?
            try OutputFile(path).write { sink in
                written = try plan.write(cache: cache, to: sink, progress: progress)
            }
            guard let written else { return }
            report = written
        }
        bar.finish()
        try tell(report)
    }

    /// Writes a bundle's files into a folder, in which all of them appear or none.
    private func writeFiles(
        of plan: BundlePlan,
        cache: String?,
        progress: (Int) throws -> Void
    ) throws -> BundleReport {
        let folder = try OutputFolder(path)
        var written: [String] = []
        do {
            let write = { (name: String, contents: [UInt8]) throws in
                try folder.write(contents, to: name)
                written.append(name)
            }
            let report = try plan.writeFiles(cache: cache, to: write, progress: progress)
            try folder.finish(written)
            return report
        } catch {
            folder.discard(written)
            throw error
        }
    }

    /// A line for each kernel that is left out; those with a reason that many share have one line. The manifest names all.
    private static func lines(about leftOut: [BundleReport.LeftOut]) -> [String] {
        var rest = leftOut[...]
        var lines: [String] = []
        while let first = rest.popFirst() {
            func reason(_ kernel: BundleReport.LeftOut) -> Substring { kernel.reason.dropFirst(kernel.kernel.count) }
            let others = rest.prefix { reason($0) == reason(first) }.count
            guard others > 2 else {
                lines.append(first.reason)
                continue
            }
            rest = rest.dropFirst(others)
            lines.append("\(first.kernel) and \(others) more\(reason(first))")
        }
        return lines
    }

    private func tell(_ report: BundleReport) throws {
        for line in Self.lines(about: report.leftOut) { Printing.remark("warning: left out: \(line)") }
        let (kernels, contents) = (counted(report.kernels.count, "kernel"), report.contents)
        Printing.remark(
            "\(kernels), \(contents.btfCount) different BTF of \(readableByteCount(contents.size)); "
                + "\(report.solveCount) solved, the others known"
        )
        if !report.leftOut.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}

extension BundleLayout: ExpressibleByArgument {}

extension Compression: ExpressibleByArgument {}
