import Archive

/// Fills one archive: each BTF once where the layout allows links, under every path.
struct BundleMembers {
    let rules: any ArchiveLayout
    /// The path at which each BTF lies, by its digest.
    private var stored: [String: String] = [:]
    /// What lies at each kernel's path: the digests of its BTF and of its modules'.
    private var kernels: [String: [String]] = [:]
    /// The paths that are taken.
    private var paths: Set<String> = []
    private var links: Set<FolderLink> = []

    init(rules: any ArchiveLayout) { self.rules = rules }

    /// Adds a kernel.
    ///
    /// - Parameters:
    ///   - placed: the kernel and its paths.
    ///   - btf: its BTF; nil leaves it out.
    ///   - archive: where to.
    ///   - contents: takes what has become of the kernel.
    /// - Throws: `ArchiveError` when it cannot be written, and what the sink throws.
    mutating func add(
        _ placed: BundlePlacements.Placed,
        _ btf: BundleBTF?,
        to archive: ArchiveWriter,
        _ contents: inout BundleContents
    ) throws {
        guard let btf else { return }
        func leaveOut(_ reason: String) {
            contents.leftOut.append(BundleContents.LeftOut(kernel: placed.kernel, reason: reason))
        }
        let digests = [btf.digest] + btf.modules.flatMap { [$0.name, $0.digest] }
        if let other = kernels[placed.paths[0]], other != digests {
            return leaveOut("another kernel with other types has its place, \(placed.paths[0])")
        }
        if let module = btf.modules.first(where: { !Self.isFileName($0.name) }) {
            return leaveOut("no file can be named like its module '\(module.name)'")
        }
        kernels[placed.paths[0]] = digests
        try write(btf.bytes, btf.digest, at: placed.paths, of: placed.kernel, to: archive, &contents)
        var modules: [String: [String]] = [:]
        for module in btf.modules {
            let paths = placed.paths.map { Self.folder(besides: $0) + "/\(module.name).btf" }
            modules[module.name] = paths
            try write(module.bytes, module.digest, at: paths, of: placed.kernel, to: archive, &contents)
        }
        links.formUnion(rules.folderLinks(of: placed.kernel))
        contents.entries.append(
            BundleContents.Entry(
                kernel: placed.kernel,
                archive: placed.archive,
                paths: placed.paths,
                digest: btf.digest,
                modules: modules
            )
        )
    }

    private mutating func write(
        _ bytes: [UInt8],
        _ digest: String,
        at paths: [String],
        of kernel: BundleKernel,
        to archive: ArchiveWriter,
        _ contents: inout BundleContents
    ) throws {
        if stored[digest] == nil {
            contents.size += bytes.count
            contents.btfCount += 1
        }
        for path in paths where self.paths.insert(path).inserted {
            if let target = stored[digest], rules.allowsLinks {
                try archive.addHardLink(path, target: target)
            } else {
                try archive.addFile(path, contents: try rules.contents(bytes, of: kernel))
                stored[digest] = path
            }
        }
    }

    /// `6.1.0-56-cloud-amd64.btf` has its modules in `6.1.0-56-cloud-amd64`.
    private static func folder(besides path: String) -> String { String(path.dropLast(".btf".count)) }

    private static func isFileName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    /// Adds the links to folders.
    func finish(_ archive: ArchiveWriter) throws {
        for link in links.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            try archive.addSymbolicLink(link.path, target: link.target)
        }
    }
}
