public import Archive
public import KernelIdentity

/// Writes the minimised BTF of many kernels as one archive, whose bytes are a function of what is in it.
///
/// Kernels are asked for one after another and forgotten when they are written, so that memory does not grow with
/// their number.
public struct BundleWriter: Sendable {
    /// Where kernels lie in the archive.
    public let layout: BundleLayout
    /// The archive's outer layer.
    public let compression: Compression

    /// Chooses how bundles are written.
    ///
    /// - Parameters:
    ///   - layout: where kernels lie in the archive.
    ///   - compression: the archive's outer layer.
    public init(layout: BundleLayout = .btfhub, compression: Compression) {
        self.layout = layout
        self.compression = compression
    }

    /// What a bundle holds.
    public struct Contents: Hashable, Sendable {
        /// The kernels in the bundle, in its order.
        public var kernels: [KernelName] = []
        /// The kernels that there was nothing to write for.
        public var leftOut: [KernelName] = []
        /// The size of all BTF in the bundle before compression, in bytes.
        public var size = 0
    }

    /// Writes a bundle.
    ///
    /// - Parameters:
    ///   - kernels: the kernels, in any order; they are written in the order of their paths, each once.
    ///   - minimized: makes a kernel's minimised BTF, or nil where the kernel is to be left out; called for one kernel
    ///     after another, in the order of writing.
    ///   - sink: takes the archive's bytes as they become ready.
    /// - Returns: what the bundle holds.
    /// - Throws: `ArchiveError` when the archive cannot be written, and what `minimized` or `sink` throws. The archive is
    ///   then cut off.
    public func write(
        _ kernels: some Sequence<KernelName>,
        minimized: (KernelName) throws -> [UInt8]?,
        to sink: @escaping ([UInt8]) throws -> Void
    ) throws -> Contents {
        var paths: [String: KernelName] = [:]
        for kernel in kernels { paths[layout.path(of: kernel)] = kernel }
        // By bytes, which no locale changes.
        let ordered = paths.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let archive = try ArchiveWriter(compression: compression, name: "bundle", sink: sink)
        var contents = Contents()
        for (path, kernel) in ordered {
            guard let bytes = try minimized(kernel) else {
                contents.leftOut.append(kernel)
                continue
            }
            try archive.addFile(path, contents: bytes)
            contents.kernels.append(kernel)
            contents.size += bytes.count
        }
        try archive.finish()
        return contents
    }
}
