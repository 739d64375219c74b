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
            var line = line()
            while true {
                let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard turn < order.count else { return }
                let module = modules[order[turn]]
                take(order[turn], line.convert { try UnpackedImage(path: module.path) })
            }
        }
    }

    /// What converts modules one after another.
    public func line() -> Line { Line(converter) }

    /// Converts modules one after another, and remembers what they have in common. Each thread has its own.
    public struct Line: ~Copyable {
        private let converter: ImageConverter
        private var modules: ModuleConverter?

        fileprivate init(_ converter: ImageConverter) {
            self.converter = converter
            modules = converter.moduleConverter()
        }

        /// Converts a module. What comes of it is what comes of it alone.
        ///
        /// - Parameter open: opens the module.
        /// - Returns: what came of it.
        public mutating func convert(_ open: () throws -> UnpackedImage) -> Outcome {
            do {
                let (btf, report) = try converter.convert(open(), &modules)
                return .converted(btf, report)
            } catch {
                return .failed(error)
            }
        }
    }
}
