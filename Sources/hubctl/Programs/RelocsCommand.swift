public import ArgumentParser
import BTF
import CommandSupport
public import Minimizer

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
    @Option(help: "Whose rules decide: libbpf, or cilium for cilium/ebpf.") var rules: LoaderRules = .libbpf
    @Option(help: "table, or json: one object per line.") var format: OutputFormat = .table

    func validate() throws {
        if objects.isEmpty { throw ValidationError("name at least one BPF object") }
    }

    func execute() throws {
        let requests = try readRequests(objects)
        guard let (types, name) = try choice.namedTypes() else {
            switch format {
            case .json: try Printing.result(String(decoding: requests.json(), as: UTF8.self) + "\n")
            case .table: try Printing.result(localTable(of: requests).text)
            }
            return Printing.remark(
                "\(requests.count) relocations; --btf or --kernel shows what they come to on a kernel"
            )
        }
        let log = RelocationSolver(requests).solve(on: types, by: rules)
        switch format {
        case .json:
            for record in log.records {
                try Printing.result(String(decoding: record.json(kernel: name, rules: rules), as: UTF8.self) + "\n")
            }
        case .table: try Printing.result(RelocationTable(of: log.records).text)
        }
        Printing.remark(summary(of: log))
    }

    private func localTable(of requests: RelocationRequestLog) throws -> RelocationTable {
        // A kernel without types answers nothing, but the local sides are there.
        let nothing = KernelTypes(vmlinux: try BTFBuilder(byteOrder: .host).build())
        return RelocationTable(of: RelocationSolver(requests).solve(on: nothing).records, showingTargets: false)
    }

    private func summary(of log: RelocationLog) -> String {
        let counts = RelocationRecord.Outcome.allCases.compactMap { outcome in
            let count = log.count(of: outcome)
            return count > 0 ? "\(count) \(outcome.rawValue)" : nil
        }
        return "\(log.records.count) relocations" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
    }
}

extension LoaderRules: ExpressibleByArgument {}
