import ArgumentParser
import CommandSupport
import Minimizer

struct RelocsCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "relocs",
        abstract: "Show what a program's CO-RE relocations ask for, and what they come to on a kernel.",
        discussion: """
            Without a kernel, only the program's side is shown. With --format json there is one object per line and \
            relocation; docs/relocation-log.md documents its fields.
            """
    )

    @Argument(help: "BPF objects, compiled with -g.") var objects: [String]
    @OptionGroup var choice: KernelChoice
    @Option(help: "table, or json: one object per line.") var format: OutputFormat = .table

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
    }

    func execute() async throws {
        let requests = RelocationRequestLog(of: try objects.map { try BPFObject(path: $0) })
        let solver = RelocationSolver(requests)
        if let types = try choice.types() {
            let log = solver.solve(on: types)
            switch format {
            case .json: for record in log.records { try Printing.jsonLine(record) }
            case .table: try Printing.result(table(of: log))
            }
            Printing.remark(summary(of: log))
        } else {
            switch format {
            case .json: for request in solver.localSides { try Printing.jsonLine(request) }
            case .table: try Printing.result(table(of: solver.localSides))
            }
            Printing.remark("\(requests.count) relocations; name a kernel with --btf or --kernel to see what they come to")
        }
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

    private func table(of sides: [LocalSide]) -> String {
        var table = TextTable([
            ("PROGRAM", .leading), ("INSN", .trailing), ("SOURCE", .leading), ("KIND", .leading), ("LOCAL", .leading),
            ("VALUE", .trailing),
        ])
        for side in sides {
            table.add([
                side.location.program, "\(side.location.index)", side.location.line, side.kind.name, side.local.path,
                side.local.value.map(String.init) ?? "-",
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
