import ArgumentParser
import CommandSupport
import Foundation
import HubStore
import KernelIdentity

struct ShowCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the archive knows of one kernel."
    )

    @OptionGroup var store: StoreOptions
    @Argument(help: "A kernel's name, or its build-id.") var kernel: String
    @Option(help: "table or json.") var format: OutputFormat = .table

    func execute() async throws {
        let archive = try store.open(.readOnly)
        let found = try archive.requireKernel(kernel)
        let modules = try archive.modules(of: found)
        switch format {
        case .json: try Printing.json(KernelDescription(found, modules: modules))
        case .table: try Printing.result(text(found, modules))
        }
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
