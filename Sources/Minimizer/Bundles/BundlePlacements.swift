/// Where the kernels of a bundle lie, in the order in which they are written.
struct BundlePlacements {
    /// A kernel and its paths.
    struct Placed {
        let kernel: BundleKernel
        let archive: String?
        let paths: [String]
    }

    private let placed: [Placed]

    /// Places kernels, and notes those that have no place.
    init(of kernels: some Sequence<BundleKernel>, by rules: any ArchiveLayout, _ contents: inout BundleContents) {
        var placed: [Placed] = []
        var seen: Set<BundleKernel> = []
        for kernel in kernels where seen.insert(kernel).inserted {
            switch rules.placement(of: kernel) {
            case .paths(let paths):
                placed.append(Placed(kernel: kernel, archive: rules.archive(of: kernel), paths: paths))
            case .none(let reason):
                contents.leftOut.append(BundleContents.LeftOut(kernel: kernel, reason: reason))
            }
        }
        // By bytes, which no locale changes; kernels that share a path by their names.
        self.placed = placed.sorted { one, other in
            if one.archive != other.archive { return (one.archive ?? "") < (other.archive ?? "") }
            if one.paths[0] == other.paths[0] { return one.kernel.name < other.kernel.name }
            return one.paths[0].utf8.lexicographicallyPrecedes(other.paths[0].utf8)
        }
    }

    /// The names of the archives that kernels lie in, each once.
    var archives: [String?] {
        placed.reduce(into: []) { names, kernel in if names.last != kernel.archive { names.append(kernel.archive) } }
    }

    /// The kernels of one archive.
    func kernels(of archive: String?) -> [Placed] { placed.filter { $0.archive == archive } }
}
