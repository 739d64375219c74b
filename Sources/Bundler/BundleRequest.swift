public import Archive
public import KernelIdentity
public import Minimizer

/// What a bundle is to hold and how it is to be written.
public struct BundleRequest: Sendable {
    /// What the objects ask of a kernel.
    public let requests: RelocationRequestLog
    /// The kernels that the bundle is for.
    public let filter: KernelFilter
    /// Where kernels lie in the archive.
    public let layout: BundleLayout
    /// The archive's outer layer.
    public let compression: Compression

    /// Describes a bundle.
    ///
    /// - Parameters:
    ///   - requests: what the objects ask of a kernel.
    ///   - filter: the kernels that the bundle is for.
    ///   - layout: where kernels lie in the archive.
    ///   - compression: the archive's outer layer.
    public init(
        requests: RelocationRequestLog,
        filter: KernelFilter = .all,
        layout: BundleLayout = .btfhub,
        compression: Compression
    ) {
        self.requests = requests
        self.filter = filter
        self.layout = layout
        self.compression = compression
    }
}
