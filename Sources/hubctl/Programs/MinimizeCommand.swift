import ArgumentParser
import BTF
import CommandSupport
import Minimizer

struct MinimizeCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize",
        abstract: "Cut a kernel's BTF down to what BPF programs need, proven.",
        discussion: """
            Before anything is written, each relocation is solved again on the result and must come to the same \
            outcome and value.
            """
    )

    @Argument(help: "BPF objects, compiled with -g, or relocation request logs.") var objects: [String]
    @OptionGroup var choice: KernelChoice
    @Option(name: .shortAndLong, help: ArgumentHelp("The file; - is standard output.", valueName: "file"))
    var output: String

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
        if choice.btf == nil, choice.kernel == nil { throw ValidationError("name a kernel with --btf or --kernel") }
    }

    func execute() async throws {
        guard let types = try choice.types() else { return }
        let requests = try readRequests(objects)
        let minimized = try Minimizer(requests).minimize(types)
        let bytes = minimized.bytes
        try OutputFile(output).write(bytes)
        let count = minimized.log.records.count
        Printing.remark(
            "\(readableByteCount(bytes.count)), \(minimized.types.typeCount) types for \(count) relocations"
        )
    }
}
