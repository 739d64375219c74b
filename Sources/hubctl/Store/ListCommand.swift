import ArgumentParser
import CommandSupport
import Foundation
import HubStore
import KernelIdentity

struct ListCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the kernels in the archive."
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var filter: FilterOptions
    @Option(help: "table, or json: one object per line.") var format: OutputFormat = .table

    func execute() async throws {
        let archive = try store.open(.readOnly)
        switch format {
        case .table: try printTable(archive)
        case .json: try printJSON(archive)
        }
    }

    private func printTable(_ archive: HubStore) throws {
        var table = TextTable([("KERNEL", .leading), ("BTF", .trailing), ("STORED", .leading)])
        var count = 0
        let damaged = try archive.forEachKernel(matching: filter.filter) { kernel in
            count += 1
            let day = kernel.storedAt.formatted(.iso8601.year().month().day())
            table.add([kernel.name.description, readableByteCount(kernel.btf.size), day])
        }
        if count > 0 { try Printing.result(table.text) }
        Printing.remark(counted(count, "kernel"))
        try report(damaged)
    }

    private func printJSON(_ archive: HubStore) throws {
        let damaged = try archive.forEachKernel(matching: filter.filter) {
            try Printing.jsonLine(KernelDescription($0))
        }
        try report(damaged)
    }

    private func report(_ damaged: [StoreError]) throws {
        for error in damaged { Printing.remark("warning: \(error)") }
        if !damaged.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}
