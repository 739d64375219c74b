/// Chooses kernels by the parts of their names.
public struct KernelFilter: Hashable, Sendable {
    /// The distribution, or nil for every one.
    public let distribution: String?
    /// The distribution's version, its aliases resolved, or nil for every one.
    public let version: String?
    /// The architecture, or nil for every one.
    public let architecture: Architecture?
    /// A glob that the release must match (`*`, `?` and `[a-z]`, as in SQLite's GLOB), or nil for every one.
    public let release: String?

    /// Makes a filter; a part that is nil excludes nothing.
    ///
    /// - Parameters:
    ///   - distribution: ID of os-release.
    ///   - version: VERSION_ID or an alias of it.
    ///   - architecture: any name of the architecture.
    ///   - release: a glob over what `uname -r` prints.
    public init(
        distribution: String? = nil,
        version: String? = nil,
        architecture: String? = nil,
        release: String? = nil
    ) {
        let distribution = distribution?.lowercased()
        self.distribution = distribution
        self.version = version.map { VersionAliases.resolve($0, of: distribution) }
        self.architecture = architecture.map(Architecture.init(alias:))
        self.release = release
    }

    /// The filter that lets every kernel through.
    public static let all = KernelFilter()

    /// Whether a kernel passes.
    public func matches(_ name: KernelName) -> Bool {
        if let distribution, distribution != name.distribution { return false }
        if let version, version != name.version { return false }
        if let architecture, architecture != name.architecture { return false }
        if let release, !Glob.matches(Array(name.release.utf8), pattern: Array(release.utf8)) { return false }
        return true
    }
}
