import BTF
public import Conversion
import DWARF
import Synchronization

/// Converts modules into a folder of BTF files, and says what came of those that are not as they should be.
public struct ModulesConversion: Sendable {
    private let batch: ModuleBatch
    private let folder: String

    /// Sets out a conversion.
    ///
    /// - Parameters:
    ///   - batch: how modules are converted.
    ///   - folder: where the files go; it is made where it does not exist.
    public init(_ batch: ModuleBatch, into folder: String) {
        self.batch = batch
        self.folder = folder
    }

    /// What is kept of a module's outcome.
    private enum Result: Sendable {
        case written(bytes: Int, remark: String?)
        case failed(String)
        /// Its file could not be written.
        case unwritten(any Error)
    }

    /// Converts modules. One that cannot be converted is named on standard error and stops no other.
    ///
    /// - Parameter modules: the modules, no two of one name.
    /// - Throws: `CommandFailure`: of bad input when there is no module, when two have one name, or when one could not
    ///   be converted; of writing when a file could not be written, in which case none appears.
    public func convert(_ modules: [ModuleFile]) throws {
        if modules.isEmpty {
            throw CommandFailure(.badInput, "there is no module (*.ko, *.ko.debug) in what was given")
        }
        try checkNames(modules)
        let output = try OutputFolder(folder)
        let results = Mutex<[Result?]>(Array(repeating: nil, count: modules.count))
        let done = Atomic(0)
        let progress = ProgressBar()
        batch.convert(modules) { index, outcome in
            let result = keep(outcome, of: modules[index], in: output)
            results.withLock { $0[index] = result }
            let count = done.wrappingAdd(1, ordering: .relaxed).newValue
            progress.update("converting modules", items: count, of: modules.count)
        }
        progress.finish()
        try finish(modules, results.withLock { $0 }, in: output)
    }

    private func fileName(of module: ModuleFile) -> String { module.name + ".btf" }

    private func checkNames(_ modules: [ModuleFile]) throws {
        var paths: [String: String] = [:]
        for module in modules {
            guard let other = paths.updateValue(module.path, forKey: module.name) else { continue }
            let message =
                "\(other) and \(module.path) are both the module \(module.name); convert one kernel's at a time"
            throw CommandFailure(.badInput, message)
        }
    }

    /// Writes a module's BTF.
    private func keep(_ outcome: ModuleBatch.Outcome, of module: ModuleFile, in output: OutputFolder) -> Result {
        switch outcome {
        case .failed(let error): return .failed(ErrorClassification.describe(error).1)
        case .converted(let btf, let report):
            let bytes = btf.serialized()
            do {
                try output.write(bytes, to: fileName(of: module))
            } catch {
                return .unwritten(error)
            }
            let isStrange = report?.sharedTypes == 0
            let remark = "\(module.path) shares no type with the base: is it another kernel's, or another compiler's?"
            return .written(bytes: bytes.count, remark: isStrange ? remark : nil)
        }
    }

    private func finish(_ modules: [ModuleFile], _ results: [Result?], in output: OutputFolder) throws {
        var written: [String] = []
        var bytes = 0
        var failures = 0
        var writeFailure: (any Error)?
        for (module, result) in zip(modules, results) {
            switch result {
            case .written(let count, let remark):
                written.append(fileName(of: module))
                bytes += count
                if let remark { Printing.remark(remark) }
            case .failed(let message):
                failures += 1
                Printing.remark("error: \(message)")
            case .unwritten(let error): writeFailure = writeFailure ?? error
            case nil: break
            }
        }
        if let writeFailure {
            output.discard(written)
            throw writeFailure
        }
        try output.finish(written)
        Printing.remark("\(counted(written.count, "module")), \(readableByteCount(bytes)) of BTF")
        if failures > 0 {
            throw CommandFailure(.badInput, "\(failures) of \(modules.count) modules could not be converted")
        }
    }
}
