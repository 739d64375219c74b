public import Foundation

/// A package that ingestion has seen, by what tells it from others.
public struct SourcePackage: Hashable, Sendable {
    /// Where it was seen: the job's name for a repository, or `file` for a file on disk.
    public let source: String
    /// The package's name.
    public let name: String
    /// The package's version, as the repository writes it.
    public let version: String
    /// The package's architecture, as the repository writes it.
    public let architecture: String
    /// The SHA-256 of the package file, where it is known.
    public let digest: ContentDigest?

    /// Names a package.
    ///
    /// - Parameters:
    ///   - source: where it was seen.
    ///   - name: the package's name.
    ///   - version: its version, as the repository writes it.
    ///   - architecture: its architecture, as the repository writes it.
    ///   - digest: the SHA-256 of the package file, where it is known.
    public init(source: String, name: String, version: String, architecture: String, digest: ContentDigest?) {
        self.source = source
        self.name = name
        self.version = version
        self.architecture = architecture
        self.digest = digest
    }
}

/// What became of a package.
public enum PackageOutcome: Hashable, Sendable {
    /// A kernel from it is in the store.
    case stored
    /// It holds no kernel image, and a further look would not change that; the reason is for people.
    case noImage(reason: String)
    /// Something went wrong, and it is to be tried again after that time, or at the next occasion when it is nil.
    case failed(reason: String, retryAfter: Date?)
}

/// What the ledger says about a package.
public struct LedgerEntry: Hashable, Sendable {
    /// The package.
    public let package: SourcePackage
    /// What became of it.
    public let outcome: PackageOutcome
    /// How often this very file was processed.
    public let attempts: Int
    /// How many modules of its kernel are in the store.
    public let modules: Int
    /// When it was last processed.
    public let recordedAt: Date
    /// The row that holds it.
    public let id: Int64
}

/// Whether a package is to be processed.
public enum PackageDecision: Hashable, Sendable {
    /// The ledger does not know it, or knows a file of another digest under its name.
    case new
    /// It failed before, and it is time to try again.
    case retry(LedgerEntry)
    /// It failed before, and the time to try again has not come.
    case waiting(LedgerEntry, until: Date)
    /// It is stored, or holds no image.
    case done(LedgerEntry)

    /// Whether to process it now.
    public var shouldProcess: Bool {
        switch self {
        case .new, .retry: true
        case .waiting, .done: false
        }
    }
}
