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
    @Option(help: ArgumentHelp("Only the kernel whose image or module has this build-id.", valueName: "hex"))
    var buildId: String?
    @Option(help: "table, or json: one object per line.") var format: OutputFormat = .table

    func execute() throws {
        let archive = try store.open(.readOnly)
        switch format {
        case .table: try printTable(archive)
        case .json: try printJSON(archive)
        }
    }

    private func printTable(_ archive: HubStore) throws {
        var table = TextTable([("KERNEL", .leading), ("BTF", .trailing), ("STORED", .leading)])
        var count = 0
        let damaged = try forEachKernel(of: archive) { kernel in
            count += 1
            let day = kernel.storedAt.formatted(.iso8601.year().month().day())
            table.add([kernel.name.description, readableByteCount(kernel.btf.size), day])
        }
        if count > 0 { try Printing.result(table.text) }
        Printing.remark(counted(count, "kernel"))
        try report(damaged)
    }

    private func printJSON(_ archive: HubStore) throws {
        let damaged = try forEachKernel(of: archive) {
            try Printing.jsonLine(KernelDescription($0))
        }
        try report(damaged)
    }

    private func forEachKernel(of archive: HubStore, _ body: (Kernel) throws -> Void) throws -> [StoreError] {
        guard let buildId else { return try archive.forEachKernel(matching: filter.filter, body) }
        if let kernel = try archive.kernel(ofBuildID: buildId), filter.filter.matches(kernel.name) { try body(kernel) }
        return []
    }

    private func report(_ damaged: [StoreError]) throws {
        for error in damaged { Printing.remark("warning: \(error)") }
        if !damaged.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}
