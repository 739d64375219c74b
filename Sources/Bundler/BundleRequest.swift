public import Archive
public import KernelIdentity
public import Minimizer

/// What a bundle is to hold and how it is to be written.
public struct BundleRequest: Sendable {
    /// What the objects ask of a kernel.
    public let requests: RelocationRequestLog
    /// The kernels that the bundle is for.
    public let filter: KernelFilter
    /// What of the kernels' modules is in it.
    public let modules: ModuleUse
    /// Where kernels lie.
    public let layout: BundleLayout
    /// The outer layer of the archive, or of the archive around several files.
    public let compression: Compression

    /// Describes a bundle.
    ///
    /// - Parameters:
    ///   - requests: what the objects ask of a kernel.
    ///   - filter: the kernels that the bundle is for.
    ///   - modules: what of the modules that a relocation touches is in it.
    ///   - layout: where kernels lie.
    ///   - compression: the outer layer of the archive; nil takes the layout's, or Zstandard.
    /// - Throws: `BundleRequestError` when the layout's clients read another compression alone, or no split BTF.
    public init(
        requests: RelocationRequestLog,
        filter: KernelFilter = .all,
        modules: ModuleUse = .merged,
        layout: BundleLayout = .btfhub,
        compression: Compression? = nil
    ) throws(BundleRequestError) {
        if let fixed = layout.compression, let compression, fixed != compression {
            throw .compression(layout, fixed)
        }
        guard modules != .split || layout.takesSplitModules else { throw .splitModules(layout) }
        self.requests = requests
        self.modules = modules
        self.filter = filter
        self.layout = layout
        self.compression = compression ?? layout.compression ?? .zstd
    }
}

/// A request for a bundle that no client of its layout could use.
public enum BundleRequestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The layout's clients read only one compression.
    case compression(BundleLayout, Compression)
    /// The layout's clients read one BTF per kernel.
    case splitModules(BundleLayout)
    /// The layout's paths do not tell architectures apart.
    case severalArchitectures(BundleLayout, [String])

    /// One sentence that says what to do.
    public var description: String {
        switch self {
        case .compression(let layout, let compression):
            "layout \(layout.rawValue) is read as \(compression.tarSuffix) alone"
        case .splitModules(let layout):
            "clients of layout \(layout.rawValue) read one BTF per kernel; take modules merged, or one of the layouts "
                + BundleLayout.allCases.filter(\.takesSplitModules).map(\.rawValue).joined(separator: ", ")
        case .severalArchitectures(let layout, let architectures):
            "a bundle of layout \(layout.rawValue) is for one architecture; choose one of "
                + architectures.joined(separator: ", ")
        }
    }
}
