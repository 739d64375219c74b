import ArgumentParser
import CommandSupport
import Foundation
import HubStore
import KernelIdentity

struct ShowCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the archive knows of a kernel, or of each that filters let through."
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var filter: FilterOptions
    @Argument(help: "A kernel's name, or its build-id.") var kernel: String?
    @Option(help: ArgumentHelp("The kernel whose image or module has this build-id.", valueName: "hex"))
    var buildId: String?
    @Option(help: "table, or json: with filters one object per line.") var format: OutputFormat = .table

    func validate() throws {
        let ways = (kernel == nil ? 0 : 1) + (buildId == nil ? 0 : 1) + (filter.filter == .all ? 0 : 1)
        if ways != 1 { throw ValidationError("name a kernel, or give --build-id or filters") }
    }

    func execute() throws {
        let archive = try store.open(.readOnly)
        if let kernel { return try show(archive.requireKernel(kernel), in: archive) }
        if let buildId {
            guard let found = try archive.kernel(ofBuildID: buildId) else {
                throw CommandFailure(.badInput, "\(archive.path) has no kernel or module of build-id \(buildId)")
            }
            return try show(found, in: archive)
        }
        try showAll(in: archive)
    }

    private func show(_ kernel: Kernel, in archive: HubStore) throws {
        let modules = try archive.modules(of: kernel)
        switch format {
        case .json: try Printing.json(KernelDescription(kernel, modules: modules))
        case .table: try Printing.result(text(kernel, modules))
        }
    }

    private func showAll(in archive: HubStore) throws {
        var isFirst = true
        let damaged = try archive.forEachKernel(matching: filter.filter) { kernel in
            let modules = try archive.modules(of: kernel)
            switch format {
            case .json: try Printing.jsonLine(KernelDescription(kernel, modules: modules))
            case .table: try Printing.result((isFirst ? "" : "\n") + text(kernel, modules))
            }
            isFirst = false
        }
        for error in damaged { Printing.remark("warning: \(error)") }
        if !damaged.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }

    private func text(_ kernel: Kernel, _ modules: [Module]) -> String {
        var lines = [
            ("kernel", kernel.name.description),
            ("build-id", kernel.buildID?.description ?? "none"),
            ("BTF", "\(readableByteCount(kernel.btf.size)), sha256 \(kernel.btf.digest)"),
            ("modules", "\(modules.count)"),
            ("stored", kernel.storedAt.formatted(.iso8601)),
        ]
        if let package = kernel.package {
            lines.append(
                ("package", "\(package.name) \(package.version) \(package.architecture) from \(package.source)")
            )
            if let digest = package.digest { lines.append(("package file", "sha256 \(digest)")) }
        }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { $0 + String(repeating: " ", count: width - $0.count + 2) + $1 + "\n" }.joined()
    }
}
