public import Conversion
import Crypto
import DWARF
import ELF
import Foundation
import HubStore
import KernelPackages

extension Worker {
    /// Takes packages and kernel images from disk, whatever the ledger says of them.
    ///
    /// A file that fails stops nothing else; a package that fails is noted in the ledger, under the source `file`.
    ///
    /// - Parameters:
    ///   - paths: packages (`.deb`, `.ddeb`, `.rpm`) and ELF images, told apart by their contents.
    ///   - naming: the parts of the kernels' names that are given; the others come from the package or the image.
    ///   - source: what the BTF is made from.
    ///   - includesModules: whether the modules in packages are taken too, from their DWARF.
    /// - Returns: what became of each file.
    /// - Throws: `StoreError` when the store cannot be used, `CancellationError` when the task is cancelled.
    public func ingest(
        _ paths: [String],
        naming: KernelNaming = KernelNaming(),
        source: BTFSource = .auto,
        includesModules: Bool = false
    ) async throws -> JobReport {
        try prepareWorkDirectory()
        var reports: [ItemReport] = []
        for (index, path) in paths.enumerated() {
            try Task.checkCancellation()
            listener(.began(name: path, index: index + 1, count: paths.count))
            let taking = Taking(source: source, includesModules: includesModules)
            let (result, modules) = try await ingest(path, naming, taking)
            let report = ItemReport(name: path, result: result, modules: modules)
            reports.append(report)
            listener(.finished(report))
        }
        return JobReport(items: reports)
    }

    private func ingest(
        _ path: String,
        _ naming: KernelNaming,
        _ taking: Taking
    ) async throws -> (ItemResult, ModuleReport?) {
        do {
            guard try KernelPackageReader.Format.detect(path) != nil else {
                let result = try await Blocking.run {
                    guard try Self.isELF(path) else { throw ImageError.unknownFile(path) }
                    return try store(ELFFile(path: path), .linked, from: nil, naming, taking.source).0
                }
                return (result, nil)
            }
            let package = try await Blocking.run { try ledgerPackage(ofFile: path) }
            do {
                let report = try await Blocking.run { try take(packageAt: path, as: package, naming, taking) }
                return (report.result, report.modules)
            } catch {
                return (try await noteFailure(error, of: package), nil)
            }
        } catch {
            return (try await noteFailure(error, of: nil), nil)
        }
    }

    private static func isELF(_ path: String) throws -> Bool {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        return try handle.read(upToCount: 4) == Data([0x7F, 0x45, 0x4C, 0x46])
    }

    /// What the ledger calls a package from disk: what its own description says, and the digest of the file.
    private func ledgerPackage(ofFile path: String) throws -> SourcePackage {
        let readerOptions = KernelPackageReader.Options(workDirectory: options.workDirectory)
        let description = try KernelPackageReader(path: path, options: readerOptions).description
        var hash = SHA256()
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return SourcePackage(
            source: "file",
            name: description.name,
            version: description.version,
            architecture: description.architecture,
            digest: ContentDigest(bytes: Array(hash.finalize()))
        )
    }
}

extension JobReport {
    init(items: [ItemReport]) {
        self.items = items
        doneBefore = 0
        waiting = []
        problems = []
    }
}
