public import Conversion
public import KernelPackages

/// What an operator wants to be ingested, again and again: a source of packages and which of them.
public struct Job: Hashable, Sendable {
    /// Where a job's packages are listed.
    public enum Source: Hashable, Sendable {
        /// The repositories that apt is configured for; the path is a configuration of the job's own (`APT_CONFIG`).
        case apt(configurationFile: String?)

        /// What lists the packages.
        var packageSource: any PackageSource {
            switch self {
            case .apt(let configurationFile): AptSource(configurationFile: configurationFile)
            }
        }
    }

    /// The job's name, under which the ledger keeps its packages.
    public let name: String
    /// Where its packages are listed.
    public let source: Source
    /// The packages: names, globs, metapackages.
    public let packages: [String]
    /// The release that its kernels are filed under, where the source does not say or says it wrongly.
    public let release: DistributionRelease?
    /// What a kernel's BTF is made from.
    public let btfSource: BTFSource
    /// Whether the modules in its packages are taken too.
    public let includesModules: Bool

    /// Describes a job.
    ///
    /// - Parameters:
    ///   - name: its name in the ledger.
    ///   - source: where its packages are listed.
    ///   - packages: names, globs, metapackages.
    ///   - release: the release that its kernels are filed under, or nil to go by the source.
    ///   - btfSource: what a kernel's BTF is made from.
    ///   - includesModules: whether the modules in its packages are taken too, from their DWARF.
    public init(
        name: String,
        source: Source,
        packages: [String],
        release: DistributionRelease? = nil,
        btfSource: BTFSource = .auto,
        includesModules: Bool = false
    ) {
        self.name = name
        self.source = source
        self.packages = packages
        self.release = release
        self.btfSource = btfSource
        self.includesModules = includesModules
    }
}
