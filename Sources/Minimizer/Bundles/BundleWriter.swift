public import Archive

/// Writes the minimised BTF of many kernels as a bundle, whose bytes are a function of what is in it.
///
/// Kernels are asked for one after another and forgotten when they are written, so that memory does not grow with
/// their number, save by their names. The files of a bundle that has several are made in memory.
public struct BundleWriter: Sendable {
    /// Where kernels lie.
    public let layout: BundleLayout
    /// The outer layer of the archive, or of the archive around several files.
    public let compression: Compression

    /// Makes a kernel's BTF, or nil where the kernel is to be left out; called in the order of writing.
    public typealias BTFSource = (BundleKernel) throws -> BundleBTF?
    /// Describes what the bundle holds, as the contents of its manifest.
    public typealias ManifestSource = (BundleContents) throws -> [UInt8]

    /// Chooses how bundles are written.
    ///
    /// - Parameters:
    ///   - layout: where kernels lie.
    ///   - compression: the outer layer of the archive; a layout whose clients read only one is written with that.
    public init(layout: BundleLayout = .btfhub, compression: Compression) {
        self.layout = layout
        self.compression = layout.compression ?? compression
    }

    /// Writes a bundle as one stream of bytes: its archive, or an archive of its files.
    ///
    /// - Parameters:
    ///   - kernels: the kernels, in any order; they are written in the order of their paths, each once.
    ///   - btf: makes a kernel's minimised BTF.
    ///   - manifest: describes what the bundle holds.
    ///   - sink: takes the bytes as they become ready.
    /// - Returns: what the bundle holds.
    /// - Throws: `ArchiveError` when the archive cannot be written, and what `btf`, `manifest` or `sink` throws. The
    ///   archive is then cut off.
    public func write(
        _ kernels: some Sequence<BundleKernel>,
        btf: BTFSource,
        manifest: ManifestSource,
        to sink: @escaping ([UInt8]) throws -> Void
    ) throws -> BundleContents {
        let outer = try ArchiveWriter(compression: compression, name: "bundle", sink: sink)
        guard let rules = layout.archive, !layout.isFolder else {
            let contents = try writeFiles(kernels, btf: btf, manifest: manifest) { name, bytes in
                try outer.addFile(name, contents: bytes)
            }
            try outer.finish()
            return contents
        }
        var contents = BundleContents()
        let placed = BundlePlacements(of: kernels, by: rules, &contents)
        var members = BundleMembers(rules: rules)
        for kernel in placed.kernels(of: nil) { try members.add(kernel, try btf(kernel.kernel), to: outer, &contents) }
        try members.finish(outer)
        try outer.addFile(rules.manifest, contents: try manifest(contents))
        try outer.finish()
        return contents
    }

    /// Writes a bundle of several files, one after another, or the one archive under the name `bundle.tar`, with the
    /// suffix of its compression.
    ///
    /// - Parameters:
    ///   - kernels: the kernels, in any order.
    ///   - btf: makes a kernel's minimised BTF.
    ///   - manifest: describes what the bundle holds.
    ///   - file: takes each file's name and contents.
    /// - Returns: what the bundle holds.
    /// - Throws: as `write`, and what `file` throws.
    public func writeFiles(
        _ kernels: some Sequence<BundleKernel>,
        btf: BTFSource,
        manifest: ManifestSource,
        to file: (_ name: String, _ contents: [UInt8]) throws -> Void
    ) throws -> BundleContents {
        guard layout.isFolder else {
            var bytes: [UInt8] = []
            let contents = try write(kernels, btf: btf, manifest: manifest) { bytes += $0 }
            try file("bundle" + compression.tarSuffix, bytes)
            return contents
        }
        var contents = BundleContents()
        if let rules = layout.archive {
            let placed = BundlePlacements(of: kernels, by: rules, &contents)
            for name in placed.archives {
                try file(name ?? "bundle.tar", try archive(placed.kernels(of: name), by: rules, btf, name, &contents))
            }
        } else {
            var source = EmbeddedSource()
            for kernel in EmbeddedSource.ordered(kernels) {
                guard let btf = try btf(kernel) else { continue }
                try source.add(kernel, btf, &contents)
            }
            for (name, text) in source.files() { try file(name, text) }
        }
        try file("manifest.json", try manifest(contents))
        return contents
    }

    /// One of several archives.
    private func archive(
        _ kernels: [BundlePlacements.Placed],
        by rules: any ArchiveLayout,
        _ btf: BTFSource,
        _ name: String?,
        _ contents: inout BundleContents
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let archive = try ArchiveWriter(compression: rules.compression ?? .none, name: name ?? "bundle") { bytes += $0 }
        var members = BundleMembers(rules: rules)
        for kernel in kernels { try members.add(kernel, try btf(kernel.kernel), to: archive, &contents) }
        try members.finish(archive)
        try archive.finish()
        return bytes
    }
}
