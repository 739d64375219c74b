import ArgumentParser
import BTF
import CommandSupport
import HubStore
import KernelIdentity

struct ExportCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a kernel's BTF, or a module's, to a file.",
        discussion: """
            The suffix of -o says the form: .btf is raw BTF, .btf.zst and .btf.gz compress it, and .btf.tar.xz holds \
            one member, RELEASE.btf, as btfhub-archive has it. They are the files that 'hubctl serve' hands out.

            \(MaximumKind.discussion)
            """
    )

    @OptionGroup var store: StoreOptions
    @Argument(help: "A kernel's name, or its build-id.") var kernel: String
    @Option(help: ArgumentHelp("A module's split BTF instead of the kernel's.", valueName: "name")) var module: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("The file; - is standard output. (default: RELEASE.btf)"))
    var output: String?
    @Option(help: MaximumKind.help) var maxKind: MaximumKind?

    func validate() throws {
        if module != nil, maxKind != nil {
            throw ValidationError(
                "--max-kind cannot be used with --module: a module's BTF refers to the kernel's types by number"
            )
        }
    }

    func execute() async throws {
        let archive = try store.open(.readOnly)
        let found = try archive.requireKernel(kernel)
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
