public import BTF
public import DWARF
internal import Dispatch
internal import Synchronization

/// Converts many modules of one kernel, whose BTF is read and made ready once.
public struct ModuleBatch: Sendable {
    /// What came of a module.
    public enum Outcome: Sendable {
        /// Its BTF in canonical form, and what the conversion read where it was from DWARF.
        case converted(BTF, ConversionReport?)
        /// It could not be converted.
        case failed(any Error)
    }

    private let converter: ImageConverter
    private let threads: Int

    /// Sets out how modules are converted.
    ///
    /// - Parameters:
    ///   - source: what the BTF is made from.
    ///   - base: their kernel's BTF; see ``ImageConverter/init(source:base:options:)``.
    ///   - options: how DWARF is converted; each thread takes whole modules.
    public init(source: BTFSource = .auto, base: BTF, options: DWARFConverter.Options = .init()) {
        threads = options.threads
        var single = options
        single.threads = 1
        converter = ImageConverter(source: source, base: base, options: single)
    }

    /// Converts modules. What comes of each is what comes of it alone.
    ///
    /// - Parameters:
    ///   - modules: the modules.
    ///   - take: takes what came of a module, by the module's place; called on several threads, in any order.
    public func convert(_ modules: [ModuleFile], _ take: @Sendable (_ index: Int, Outcome) -> Void) {
        // The largest go first, so that no thread is left alone with one at the end.
        let order = modules.indices.sorted { modules[$0].size > modules[$1].size }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, modules.count)) { _ in
            var converter = converter.moduleConverter()
            while true {
                let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard turn < order.count else { return }
                take(order[turn], convert(modules[order[turn]], &converter))
            }
        }
    }

    private func convert(_ module: ModuleFile, _ modules: inout ModuleConverter?) -> Outcome {
        do {
            let (btf, report) = try converter.convert(UnpackedImage(path: module.path), &modules)
            return .converted(btf, report)
        } catch {
            return .failed(error)
        }
    }
}
