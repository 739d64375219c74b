import Archive

/// Fills one archive: each BTF once where the layout allows links, under every path.
struct BundleMembers {
    let rules: any ArchiveLayout
    /// The path at which each BTF lies, by its digest.
    private var stored: [String: String] = [:]
    /// What lies at each path, by its digest.
    private var paths: [String: String] = [:]
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
        if let other = paths[placed.paths[0]], other != btf.digest {
            let reason = "another kernel with other types has its place, \(placed.paths[0])"
            contents.leftOut.append(BundleContents.LeftOut(kernel: placed.kernel, reason: reason))
            return
        }
        if stored[btf.digest] == nil {
            contents.size += btf.bytes.count
            contents.btfCount += 1
        }
        for path in placed.paths where paths[path] == nil {
            paths[path] = btf.digest
            if let target = stored[btf.digest], rules.allowsLinks {
                try archive.addHardLink(path, target: target)
            } else {
                try archive.addFile(path, contents: try rules.contents(btf.bytes, of: placed.kernel))
                stored[btf.digest] = path
            }
        }
        links.formUnion(rules.folderLinks(of: placed.kernel))
        contents.entries.append(
            BundleContents.Entry(
                kernel: placed.kernel,
                archive: placed.archive,
                paths: placed.paths,
                digest: btf.digest
            )
        )
    }

    /// Adds the links to folders.
    func finish(_ archive: ArchiveWriter) throws {
        for link in links.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            try archive.addSymbolicLink(link.path, target: link.target)
        }
    }
}
