import BTF
import Conversion
import DWARF
import Dispatch
import ELF
import HubStore
import KernelIdentity
import KernelPackages
import Synchronization

/// Converts the modules of a package while it is being unpacked: each thread takes the next one out of the package,
/// converts it and gives its space on disk back before it takes another.
struct PackageModules {
    /// What came of the modules.
    struct Result {
        /// Those that were converted.
        var modules: [NewModule] = []
        /// Why others could not be, a sentence each that names the module's file; in the order of the package's paths.
        var failures: [String] = []
    }

    /// The package's path, for errors.
    let path: String
    /// The release of the kernel that the modules are of.
    let release: String
    /// Where what their debug information refers to is: the kernel's supplementary file is its modules' too.
    let supplement: SupplementaryPlace
    let threads: Int

    /// The most bytes of BTF that a kernel's modules may have together; those of Debian's largest kernel have 40 MB.
    private static let limit = 1 << 30

    /// Converts all modules that a reader still comes to.
    ///
    /// - Parameters:
    ///   - reader: reads the package.
    ///   - base: the kernel's BTF.
    ///   - progress: is told how many modules are done; called on several threads, one after the other.
    /// - Returns: what came of them.
    /// - Throws: `KernelPackageError` when the package is damaged, `ImageError` when its modules have too much BTF.
    func convert(
        from reader: SharedPackageReader,
        over base: BTF,
        progress: @Sendable (Int) -> Void
    ) throws -> Result {
        let batch = ModuleBatch(source: .dwarf, base: base, options: .init(threads: threads, supplement: supplement))
        let results = Mutex(Results())
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var line = batch.line()
            do {
                while results.withLock({ $0.fault == nil }), let module = try reader.nextModule(of: release) {
                    let outcome = try convert(module, with: &line)
                    try results.withLock { results in
                        results.byPath[module.memberPath] = outcome
                        if case .success(let module) = outcome { results.size += module.btf.count }
                        guard results.size <= Self.limit else { throw ImageError.tooManyModules(path) }
                        progress(results.byPath.count)
                    }
                }
            } catch {
                results.withLock { $0.fault = $0.fault ?? error }
            }
        }
        let found = results.withLock { $0 }
        if let fault = found.fault { throw fault }
        return found.byPath.sorted { $0.key < $1.key }.reduce(into: Result()) { result, entry in
            switch entry.value {
            case .success(let module): result.modules.append(module)
            case .failure(let failure): result.failures.append(failure.reason)
            }
        }
    }

    private struct Results {
        var byPath: [String: Swift.Result<NewModule, ModuleFailure>] = [:]
        var size = 0
        var fault: (any Error)?
    }

    private struct ModuleFailure: Error {
        let reason: String
    }

    private func convert(
        _ module: KernelModule,
        with line: inout ModuleBatch.Line
    ) throws -> Swift.Result<NewModule, ModuleFailure> {
        let file = try module.file.withPath { try MappedFile(path: $0, name: "\(path), member \(module.memberPath)") }
        var buildID: BuildID?
        let outcome = line.convert {
            let image = try UnpackedImage(file)
            buildID = try image.buildID().flatMap(BuildID.init(bytes:))
            return image
        }
        switch outcome {
        case .converted(let btf, _):
            let name = ModuleFile.moduleName(ofPath: module.memberPath)
            return .success(NewModule(name: name, buildID: buildID, btf: btf.serialized()))
        case .failed(let error):
            return .failure(ModuleFailure(reason: String(describing: error)))
        }
    }
}

/// A package that several threads read from, one after the other.
final class SharedPackageReader: Sendable {
    /// What the package says of itself.
    let description: PackageDescription
    private let reader: Mutex<KernelPackageReader>

    /// Opens a package.
    ///
    /// - Parameters:
    ///   - path: the package file.
    ///   - options: what reading may use.
    /// - Throws: `KernelPackageError` when it is no package, or is damaged before its contents begin.
    init(path: String, options: KernelPackageReader.Options) throws {
        let reader = try KernelPackageReader(path: path, options: options)
        description = reader.description
        self.reader = Mutex(reader)
    }

    /// Whether modules were passed over on the way to an image.
    var hasPassedModules: Bool { reader.withLock { $0.hasPassedModules } }

    /// Reads on to the next kernel image and unpacks it.
    func nextImage() throws -> KernelImage? { try reader.withLock { try $0.nextImage() } }

    /// Finds the supplementary file that an image's debug information refers to.
    func supplement(named name: String) throws -> SupplementaryMember? {
        try reader.withLock { try $0.supplement(named: name) }
    }

    /// Reads on to the next module of a kernel and unpacks it.
    func nextModule(of release: String) throws -> KernelModule? {
        try reader.withLock { try $0.nextModule(of: release) }
    }
}
