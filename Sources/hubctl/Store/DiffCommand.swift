public import ArgumentParser
public import BTF
import CommandSupport
import Foundation
import HubStore
import KernelIdentity

struct DiffCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show which types differ between two kernels; exit 1 says that some do.",
        discussion: """
            A type that differs only because one that it refers to by name differs is not listed. Offsets and sizes are \
            in bytes, those of bitfields in bytes:bits.
            """
    )

    @OptionGroup var store: StoreOptions
    @Argument(help: "The old kernel: its name or build-id, or a file with its BTF.") var old: String
    @Argument(help: "The new kernel, likewise.") var new: String
    @Option(help: ArgumentHelp("Only types whose names match, such as 'task_*'.", valueName: "glob"))
    var type: String?
    @Option(
        help: ArgumentHelp(
            "Only types of this kind; may be repeated: \(ComparedKind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "kind"
        )
    )
    var kind: [ComparedKind] = []
    @Option(help: "table or json.") var format: OutputFormat = .table

    func execute() throws {
        let archive = try isFile(old) && isFile(new) ? nil : store.open(.readOnly)
        let before = try types(old, in: archive)
        let after = try types(new, in: archive)
        let isSame = before.digest != nil && before.digest == after.digest
        let differences = isSame ? [] : after.btf.differences(from: before.btf)
        let chosen = differences.filter(isWanted)
        switch format {
        case .table: try Printing.result(DifferenceText.text(of: chosen, listsOther: kind.contains(.other)))
        case .json: try Printing.json(DifferencesJSON(old: before.name, new: after.name, types: chosen))
        }
        if !chosen.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }

    /// Whether a side is a file: it is called so, or there is one.
    private func isFile(_ text: String) -> Bool {
        text.hasSuffix(KernelFile.plain.suffix) || FileManager.default.fileExists(atPath: text)
    }

    private func types(_ text: String, in archive: HubStore?) throws -> ComparedTypes {
        guard let archive, !isFile(text) else { return try ComparedTypes(file: text) }
        return try ComparedTypes(kernel: archive.requireKernel(text), in: archive)
    }

    private func isWanted(_ difference: TypeDifference) -> Bool {
        if !kind.isEmpty, !kind.contains(difference.kind) { return false }
        guard let type else { return true }
        return Glob.matches(Array(difference.name.utf8), pattern: Array(type.utf8))
    }
}

extension ComparedKind: ExpressibleByArgument {}

/// One side of a comparison.
private struct ComparedTypes {
    let name: String
    let btf: BTF
    /// The digest of the canonical bytes, where it is known.
    let digest: ContentDigest?

    /// Reads a file; its types may be in any order, and the same one may stand there twice.
    init(file: String) throws {
        name = file
        btf = try readBTF(file).canonicalized()
        digest = nil
    }

    init(kernel: Kernel, in archive: HubStore) throws {
        name = kernel.name.description
        btf = try BTF(parsing: archive.btf(of: kernel))
        digest = kernel.btf.digest
    }
}

/// What `diff --format json` prints; docs/operation.md documents the fields.
private struct DifferencesJSON: Encodable {
    let old: String
    let new: String
    let types: [TypeDifference]
}
