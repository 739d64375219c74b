import ArgumentParser
import BTF
import CommandSupport
import HubStore
import KernelIdentity

struct HistoryCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show over all kernels where a type or a member exists, and where it changed.",
        discussion: """
            TYPE.MEMBER looks through anonymous structs and unions, and TYPE.MEMBER.MEMBER into a member's own type; \
            'struct x' or 'enum x' takes types of that kind alone. Offsets and sizes are in bytes, those of bitfields \
            in bytes:bits. Exit 1 says that no kernel has it.
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var filter: FilterOptions
    @Argument(help: "A type or a part of one: task_struct, task_struct.pid, vfs_read.") var type: String
    @Option(help: ArgumentHelp("How many threads may look.", valueName: "n")) var threads = 2
    @Option(help: "table, or json: one object per line.") var format: OutputFormat = .table

    func validate() throws {
        if TypePath(type) == nil {
            throw ValidationError("a type is named like task_struct, task_struct.pid or 'enum x'")
        }
        if !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
    }

    func execute() throws {
        guard let path = TypePath(type) else { return }
        MemoryReuse.enable(isOneHeap: true)
        let archive = try store.open(.readOnly)
        let progress = ProgressBar()
        let (runs, damaged) = try archive.history(of: path, matching: filter.filter, threads: threads) { done, total in
            progress.update("looking for \(path)", items: done, of: total)
        }
        progress.finish()
        switch format {
        case .table: if !runs.isEmpty { try Printing.result(Self.table(of: runs)) }
        case .json: for run in runs { try Printing.jsonLine(RunJSON(run)) }
        }
        for error in damaged { Printing.remark("warning: \(error)") }
        let found = runs.filter { !$0.sightings.isEmpty }.reduce(0) { $0 + $1.kernels }
        let looked = runs.reduce(0) { $0 + $1.kernels }
        Printing.remark("\(path): in \(found) of \(counted(looked, "kernel"))")
        if found == 0 || !damaged.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }

    private static func table(of runs: [HistoryRun]) -> String {
        var table = TextTable([
            ("SERIES", .leading), ("FIRST", .leading), ("LAST", .leading), ("KERNELS", .trailing),
            ("OFFSET", .trailing), ("SIZE", .trailing), ("WHAT", .leading),
        ])
        for run in runs {
            func joined(_ text: (TypeSighting) -> String?) -> String {
                let texts = run.sightings.map { text($0) ?? "-" }
                return texts.isEmpty ? "-" : texts.joined(separator: " or ")
            }
            let series = "\(run.distribution) \(run.version) \(run.architecture.rawValue) \(run.flavour)"
            table.add([
                series, run.first, run.last, "\(run.kernels)", joined { $0.bitOffset.map(readableBitOffset) },
                joined { $0.bitSize.map(readableBitOffset) },
                run.sightings.isEmpty ? "absent" : joined { $0.text },
            ])
        }
        return table.text
    }
}

/// A line of what `history --format json` prints; docs/operation.md documents the fields.
private struct RunJSON: Encodable {
    struct Sighting: Encodable {
        let kind: String
        let bitOffset: UInt64?
        let bitSize: UInt64?
        let isBitfield: Bool
        let text: String

        enum CodingKeys: String, CodingKey {
            case kind, text
            case bitOffset = "bit_offset"
            case bitSize = "bit_size"
            case isBitfield = "bitfield"
        }
    }
    let distribution: String
    let version: String
    let architecture: String
    let flavour: String
    let first: String
    let last: String
    let kernels: Int
    let found: [Sighting]

    init(_ run: HistoryRun) {
        distribution = run.distribution
        version = run.version
        architecture = run.architecture.rawValue
        flavour = run.flavour
        first = run.first
        last = run.last
        kernels = run.kernels
        found = run.sightings.map {
            Sighting(
                kind: $0.kind.rawValue,
                bitOffset: $0.bitOffset,
                bitSize: $0.bitSize,
                isBitfield: $0.isBitfield,
                text: $0.text
            )
        }
    }
}
