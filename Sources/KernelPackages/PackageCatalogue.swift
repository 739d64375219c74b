import KernelIdentity

/// Collects the packages of several indexes that patterns may lead to, and then resolves the patterns.
struct PackageCatalogue {
    private let patterns: [String]
    /// The newest version seen, by name and architecture.
    private var newest: [Key: IndexedPackage] = [:]

    private struct Key: Hashable {
        let name: String
        let architecture: String
    }

    /// The names of packages that a metapackage may lead to, beside those that the patterns name.
    private static let targets = ["linux-image-*"]
    /// How many metapackages may stand between a pattern and the package.
    private static let maximumDepth = 4

    init(patterns: [String]) { self.patterns = patterns }

    /// Whether a package of this name can matter to the patterns.
    func isWanted(_ name: String) -> Bool { (Self.targets + patterns).contains { Self.matches(name, $0) } }

    /// Takes a package, in place of an older version of it.
    mutating func add(_ package: IndexedPackage) {
        let key = Key(name: package.package.name, architecture: package.package.architecture)
        if let known = newest[key],
            DebianVersion(package.package.version) <= DebianVersion(known.package.version)
        {
            return
        }
        newest[key] = package
    }

    /// Resolves the patterns.
    func listing() -> PackageListing {
        var chosen: Set<AvailablePackage> = []
        var problems: [String] = []
        for pattern in patterns {
            let matches = newest.values.filter { Self.matches($0.package.name, pattern) }
            if matches.isEmpty { problems.append("no package in the indexes matches '\(pattern)'") }
            for match in matches { resolve(match, depth: 0, into: &chosen, &problems) }
        }
        let ordered = chosen.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
        return PackageListing(packages: ordered, problems: Array(Set(problems)).sorted())
    }

    private func resolve(
        _ entry: IndexedPackage,
        depth: Int,
        into chosen: inout Set<AvailablePackage>,
        _ problems: inout [String]
    ) {
        let targets = entry.dependencies.filter(Self.isDebugImage)
        guard !targets.isEmpty, depth < Self.maximumDepth else {
            chosen.insert(entry.package)
            return
        }
        for target in targets {
            if let next = newest[Key(name: target, architecture: entry.package.architecture)] {
                resolve(next, depth: depth + 1, into: &chosen, &problems)
            } else {
                problems.append("\(entry.package.name) depends on \(target), which is in none of the indexes")
            }
        }
    }

    /// Whether a name is that of a package with a kernel's debug information, which only metapackages depend on.
    private static func isDebugImage(_ name: String) -> Bool {
        name.hasPrefix("linux-image-") && (name.hasSuffix("-dbg") || name.hasSuffix("-dbgsym"))
    }

    private static func matches(_ name: String, _ pattern: String) -> Bool {
        Glob.matches(Array(name.utf8), pattern: Array(pattern.utf8))
    }
}
