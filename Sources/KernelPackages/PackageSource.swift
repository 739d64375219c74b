/// A place that lists packages: apt's indexes today; a Debian mirror or an rpm repository are others of the kind.
///
/// A source gives out only what it has checked against its own root of trust: whoever holds an `AvailablePackage` may
/// rely on its size and digest.
public protocol PackageSource: Sendable {
    /// Lists the packages that names and patterns choose.
    ///
    /// - Parameter patterns: package names or globs (`linux-image-*-cloud-amd64-dbg`). A metapackage stands for the
    ///   package that it depends on.
    /// - Returns: the newest version of each package chosen, and what could not be resolved.
    /// - Throws: `PackageSourceError` when the source cannot be read at all.
    func packages(matching patterns: [String]) async throws(PackageSourceError) -> PackageListing

    /// The proxy through which this source's packages are to be fetched.
    ///
    /// - Parameter scheme: `http` or `https`.
    /// - Returns: the proxy's URL, or nil when the source does not name one.
    /// - Throws: `PackageSourceError` when the source cannot be asked.
    func proxy(for scheme: String) async throws(PackageSourceError) -> String?
}

/// What a source has for a set of patterns.
public struct PackageListing: Hashable, Sendable {
    /// The packages, each name and architecture once, ordered by name.
    public let packages: [AvailablePackage]
    /// What could not be resolved: a sentence per pattern that chooses nothing or metapackage whose target is missing.
    public let problems: [String]

    /// Makes a listing.
    ///
    /// - Parameters:
    ///   - packages: what was chosen.
    ///   - problems: a sentence for each thing that could not be resolved.
    public init(packages: [AvailablePackage], problems: [String] = []) {
        self.packages = packages
        self.problems = problems
    }
}

/// A package that a source offers.
public struct AvailablePackage: Hashable, Sendable {
    /// The package's name: `linux-image-6.1.0-56-cloud-amd64-dbg`.
    public let name: String
    /// The package's version as its distribution writes it.
    public let version: String
    /// The architecture by the distribution's own name: `amd64`.
    public let architecture: String
    /// Where it can be fetched: http, https or file.
    public let url: String
    /// Its size in bytes.
    public let size: UInt64
    /// The SHA-256 of the whole package file.
    public let digest: PackageDigest
    /// The distribution's release that it belongs to, or nil when the source does not say.
    public let release: DistributionRelease?

    /// Describes a package.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - version: its version as the distribution writes it.
    ///   - architecture: the distribution's own name of the architecture.
    ///   - url: where it can be fetched.
    ///   - size: its size in bytes.
    ///   - digest: the SHA-256 of the whole file.
    ///   - release: the distribution's release.
    public init(
        name: String,
        version: String,
        architecture: String,
        url: String,
        size: UInt64,
        digest: PackageDigest,
        release: DistributionRelease?
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.url = url
        self.size = size
        self.digest = digest
        self.release = release
    }

    /// The file name that the URL ends with.
    public var fileName: String { url.split(separator: "/").last.map(String.init) ?? name }
}

/// A release of a distribution, by ID and VERSION_ID of os-release.
public struct DistributionRelease: Hashable, Sendable, CustomStringConvertible {
    /// ID of os-release: `debian`.
    public let distribution: String
    /// VERSION_ID of os-release or a codename: `12`, `bookworm`.
    public let version: String

    /// Names a release.
    ///
    /// - Parameters:
    ///   - distribution: ID of os-release.
    ///   - version: VERSION_ID or a codename.
    public init(distribution: String, version: String) {
        self.distribution = distribution
        self.version = version
    }

    /// Both parts: `debian/12`.
    public var description: String { "\(distribution)/\(version)" }
}

/// Why a package source could not be read.
public enum PackageSourceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The source has no index at all; the text says how to get one.
    case noIndex(String)
    /// A program that the source needs failed.
    case toolFailed(command: String, detail: String)
    /// An index file cannot be read.
    case unreadableIndex(file: String, detail: String)
    /// An index file has a stanza that does not say what it must.
    case malformedIndex(file: String, detail: String)

    /// One sentence that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .noIndex(let advice): advice
        case .toolFailed(let command, let detail): "'\(command)' failed: \(detail)"
        case .unreadableIndex(let file, let detail): "the package index \(file) cannot be read: \(detail)"
        case .malformedIndex(let file, let detail): "the package index \(file) is malformed: \(detail)"
        }
    }
}
