import ArgumentParser
import BTF
import CommandSupport
import HubStore
import KernelIdentity
import Synchronization

struct ExportCommand: HubCommand {
    /// The layout of a tree of files.
    enum Layout: String, ExpressibleByArgument {
        /// That of btfhub-archive.
        case btfhub
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a kernel's BTF, or a module's, to a file, or all kernels' to a tree of files.",
        discussion: """
            The suffix of -o says the form: .btf is raw BTF, .btf.zst and .btf.gz compress it, and .btf.tar.xz holds \
            one member, RELEASE.btf, as btfhub-archive has it. They are the files that 'hubctl serve' hands out.

            \(MaximumKind.discussion)

            With --layout btfhub the argument is a folder, which receives DISTRO/VERSION/ARCH/RELEASE.btf.tar.xz for \
            each kernel that the filters let through. A file that holds the right BTF is not written again, and none \
            is removed, so that an export can be cut off and gone on with.
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var filter: FilterOptions
    @Argument(help: "A kernel's name, or its build-id; with --layout the tree's folder.") var subject: String
    @Option(help: ArgumentHelp("A module's split BTF instead of the kernel's.", valueName: "name")) var module: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("The file; - is standard output. (default: RELEASE.btf)"))
    var output: String?
    @Option(help: MaximumKind.help) var maxKind: MaximumKind?
    @Option(help: ArgumentHelp("Write a tree of files: btfhub.", valueName: "layout")) var layout: Layout?
    @Option(help: ArgumentHelp("How many threads may compress a tree's files; each takes 100 MB.", valueName: "n"))
    var threads = 2

    func validate() throws {
        if module != nil, maxKind != nil {
            throw ValidationError(
                "--max-kind cannot be used with --module: a module's BTF refers to the kernel's types by number"
            )
        }
        if layout != nil, module != nil || output != nil || maxKind != nil {
            throw ValidationError("--module, --max-kind and -o are about one kernel, and --layout writes a tree")
        }
        if layout == nil, filter.filter != .all { throw ValidationError("filters go with --layout") }
        if !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
    }

    func execute() throws {
        MemoryReuse.enable()
        let archive = try store.open(.readOnly)
        if layout == .btfhub { try exportTree(of: archive) } else { try exportKernel(of: archive) }
    }

    private func exportTree(of archive: HubStore) throws {
        var total = 0
        try archive.forEachKernel(matching: filter.filter) { _ in total += 1 }
        let progress = ProgressBar()
        let counts = Mutex((written: 0, present: 0, damaged: 0))
        let expected = total
        let export = TreeExport(of: archive, to: subject) { path, bytes in try OutputFile(path).write(bytes) }
        let rows = try export.run(matching: filter.filter, threads: threads) { _, outcome in
            counts.withLock { counts in
                switch outcome {
                case .written: counts.written += 1
                case .present: counts.present += 1
                case .damaged(let error):
                    counts.damaged += 1
                    progress.finish()
                    Printing.remark("error: \(error)")
                }
                let done = counts.written + counts.present + counts.damaged
                progress.update("exporting", items: done, of: expected)
            }
        }
        progress.finish()
        for error in rows { Printing.remark("error: \(error)") }
        let (written, present, damaged) = counts.withLock { $0 }
        Printing.remark("\(subject): \(counted(written, "file")) written, \(present) there already")
        if damaged + rows.count > 0 { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }

    private func exportKernel(of archive: HubStore) throws {
        let found = try archive.requireKernel(subject)
        let (btf, name) = try content(of: found, in: archive)
        let path = output ?? name + KernelFile.plain.suffix
        let file = OutputFile(path)
        let form = module == nil ? KernelFile.parse(path)?.file ?? .plain : .plain
        try file.write(form.encode(btf, of: found.name))
        if !file.isStandardOutput {
            Printing.remark("\(path): \(found.name), \(readableByteCount(btf.count)) of BTF")
        }
    }

    private func content(of kernel: Kernel, in archive: HubStore) throws -> (bytes: [UInt8], name: String) {
        guard let module else {
            let stored = try archive.btf(of: kernel)
            guard let maxKind else { return (stored, kernel.name.release) }
            return (try BTF(parsing: stored).lowered(to: maxKind.kind).serialized(), kernel.name.release)
        }
        guard let found = try archive.modules(of: kernel).first(where: { $0.name == module }) else {
            throw CommandFailure(.badInput, "\(kernel.name) has no module \(module) in the archive")
        }
        return (try archive.btf(of: found), module)
    }
}
