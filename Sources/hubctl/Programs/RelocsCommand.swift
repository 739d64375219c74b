import ArgumentParser
import BTF
import CommandSupport
import Minimizer

struct RelocsCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "relocs",
        abstract: "Show what a program's CO-RE relocations ask for, and what they come to on a kernel.",
        discussion: """
            Without a kernel, only the program's side is shown; with --format json, that is a relocation request log, \
            which stands in for the program wherever one is asked for. With a kernel, --format json prints one object \
            per relocation and line. docs/relocation-log.md documents the fields.
            """
    )

    @Argument(help: "BPF objects, compiled with -g, or relocation request logs.") var objects: [String]
    @OptionGroup var choice: KernelChoice
    @Option(help: "table, or json: one object per line.") var format: OutputFormat = .table

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
    }

    func execute() async throws {
        let requests = try readRequests(objects)
        guard let types = try choice.types() else {
            switch format {
            case .json: try Printing.result(String(decoding: requests.json(), as: UTF8.self) + "\n")
            case .table: try Printing.result(localTable(of: requests))
            }
            return Printing.remark(
                "\(requests.count) relocations; --btf or --kernel shows what they come to on a kernel"
            )
        }
        let log = RelocationSolver(requests).solve(on: types)
        switch format {
        case .json:
            for record in log.records { try Printing.result(String(decoding: record.json(), as: UTF8.self) + "\n") }
        case .table: try Printing.result(table(of: log))
        }
        Printing.remark(summary(of: log))
    }

    private func table(of log: RelocationLog) -> String {
        var table = TextTable([
            ("PROGRAM", .leading), ("INSN", .trailing), ("SOURCE", .leading), ("KIND", .leading), ("LOCAL", .leading),
            ("VALUE", .trailing), ("TARGET", .leading), ("VALUE", .trailing), ("OUTCOME", .leading),
        ])
        for record in log.records {
            let target = record.target.map { target in
                (target.module.map { "\($0): " } ?? "") + target.path
            }
            table.add([
                record.location.program, "\(record.location.index)", record.location.line, record.kind.name,
                record.local.path, record.local.value.map(String.init) ?? "-", target ?? "-",
                record.value.map(String.init) ?? "-",
                record.outcome.rawValue + (record.reason.map { ": \($0)" } ?? ""),
            ])
        }
        return table.text
    }

    private func localTable(of requests: RelocationRequestLog) throws -> String {
        var table = TextTable([
            ("PROGRAM", .leading), ("INSN", .trailing), ("SOURCE", .leading), ("KIND", .leading), ("LOCAL", .leading),
            ("VALUE", .trailing),
        ])
        // A kernel without types answers nothing, but the local sides are there.
        let nothing = KernelTypes(vmlinux: try BTFBuilder(byteOrder: .host).build())
        for record in RelocationSolver(requests).solve(on: nothing).records {
            table.add([
                record.location.program, "\(record.location.index)", record.location.line, record.kind.name,
                record.local.path, record.local.value.map(String.init) ?? "-",
            ])
        }
        return table.text
    }

    private func summary(of log: RelocationLog) -> String {
        let counts = RelocationRecord.Outcome.allCases.compactMap { outcome in
            let count = log.count(of: outcome)
            return count > 0 ? "\(count) \(outcome.rawValue)" : nil
        }
        return "\(log.records.count) relocations" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
    }
}

extension InstructionLocation {
    /// The function's name, or the section's where the function is not known.
    fileprivate var program: String { function ?? section }

    /// `file:line`, the file without its folders.
    fileprivate var line: String {
        guard let source else { return "-" }
        return "\(source.file.split(separator: "/").last ?? Substring(source.file)):\(source.line)"
    }
}
