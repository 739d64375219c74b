public import ArgumentParser
public import BTF
import CommandSupport

struct DumpCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Print BTF: as records, as a C header, or as JSON.",
        discussion: MaximumKind.discussion
    )

    @Argument(help: "A file of raw BTF, or an ELF file with a .BTF section.") var file: String
    @Option(help: ArgumentHelp("The kernel's BTF, when the file is a module's split BTF.", valueName: "file"))
    var base: String?
    @Option(help: "raw (as bpftool prints it), c (a header that compiles) or json.") var format: DumpFormat = .raw
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"))
    var output: String = "-"
    @Option(help: MaximumKind.help) var maxKind: MaximumKind?

    func validate() throws {
        if base != nil, maxKind != nil {
            throw ValidationError("--max-kind cannot be used with --base: split BTF refers to its base by number")
        }
    }

    func execute() throws {
        let types = try lowered(try readBTF(file, base: base.map { try readBTF($0) }))
        try OutputFile(output).write { sink in
            var text = SinkStream(sink: sink)
            do {
                try types.dump(as: format, to: &text)
            } catch {
                throw CommandFailure(.badInput, "\(file): \(error)")
            }
            try text.finish()
        }
    }

    private func lowered(_ types: BTF) throws -> BTF {
        guard let maxKind else { return types }
        do {
            return try types.lowered(to: maxKind.kind)
        } catch {
            throw CommandFailure(.badInput, "\(file): \(error)")
        }
    }
}

extension DumpFormat: ExpressibleByArgument {}

/// Text on its way to a file, in pieces of some size.
private struct SinkStream: TextOutputStream {
    let sink: ([UInt8]) throws -> Void
    private var pending: [UInt8] = []
    private var failure: (any Error)?

    init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    mutating func write(_ string: String) {
        pending += string.utf8
        if pending.count >= 1 << 16 { flush() }
    }

    /// Writes what is left.
    ///
    /// - Throws: what the sink threw first; a text stream cannot throw while it is written to.
    mutating func finish() throws {
        flush()
        if let failure { throw failure }
    }

    private mutating func flush() {
        guard failure == nil else { return }
        do { try sink(pending) } catch { failure = error }
        pending.removeAll(keepingCapacity: true)
    }
}
