public import ArgumentParser
import BTF
import CommandSupport
public import Minimizer

struct MinimizeCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize",
        abstract: "Cut a kernel's BTF down to what BPF programs need, proven.",
        discussion: """
            Before anything is written, each relocation is solved again on the result and must come to the same \
            outcome and value by the rules of libbpf and of cilium/ebpf. With --modules split, the module NAME goes \
            into a file of its own beside -o: OUT.btf and OUT.NAME.btf.
            """
    )

    @Argument(help: "BPF objects, compiled with -g, or relocation request logs.") var objects: [String]
    @OptionGroup var choice: KernelChoice
    @Option(name: .shortAndLong, help: ArgumentHelp("The file; - is standard output.", valueName: "file"))
    var output: String
    @Option(help: "What of the modules that a relocation touches is kept: none, split or merged into the one BTF.")
    var modules: ModuleUse = .merged

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
        if choice.btf == nil, choice.kernel == nil { throw ValidationError("name a kernel with --btf or --kernel") }
        if modules == .split, output == "-" { throw ValidationError("--modules split needs a file for -o") }
    }

    func execute() throws {
        guard let types = try choice.types() else { return }
        let requests = try readRequests(objects)
        let minimized = try Minimizer(requests).minimize(types, modules: modules)
        for module in minimized.modules {
            try OutputFile(path(of: module.name)).write(module.types.serialized())
        }
        let bytes = minimized.bytes
        try OutputFile(output).write(bytes)
        for addition in minimized.additions { Printing.remark(addition.description) }
        let count = minimized.log.records.count
        let split = minimized.modules.isEmpty ? "" : ", and split BTF of " + counted(minimized.modules.count, "module")
        Printing.remark(
            "\(readableByteCount(bytes.count)), \(minimized.types.typeCount) types for \(count) relocations\(split)"
        )
    }

    /// `min.btf` is `min.nf_conntrack.btf` for the module nf_conntrack.
    private func path(of module: String) -> String {
        output.hasSuffix(".btf") ? "\(output.dropLast(4)).\(module).btf" : "\(output).\(module)"
    }
}

extension ModuleUse: ExpressibleByArgument {}
