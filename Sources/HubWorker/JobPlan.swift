public import HubStore
public import KernelPackages

/// What a job would do now: its packages, and what the ledger says of each.
public struct JobPlan: Hashable, Sendable {
    /// A package that a job has, and whether it is to be processed.
    public struct Item: Hashable, Sendable {
        /// The package as its source offers it.
        public let package: AvailablePackage
        /// The package as the ledger knows it.
        public let ledgerPackage: SourcePackage
        /// What the ledger decides.
        public let decision: PackageDecision
    }

    /// The packages, in the order in which they are processed.
    public let items: [Item]
    /// What the source could not resolve, a sentence each.
    public let problems: [String]

    /// The packages that are to be processed now.
    public var due: [Item] { items.filter(\.decision.shouldProcess) }

    /// How many bytes the packages have that are to be processed now.
    public var dueBytes: UInt64 { due.reduce(0) { $0 + $1.package.size } }

    /// Asks a job's source for its packages and the ledger for what is new; changes nothing.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - store: the store with the ledger, or nil where there is none yet, so that all is new.
    /// - Throws: `PackageSourceError` when the source cannot be read, `StoreError` when the store cannot.
    public init(of job: Job, store: HubStore?) async throws {
        let listing = try await job.source.packageSource.packages(matching: job.packages)
        problems = listing.problems
        items = try await Blocking.run {
            try listing.packages.map { package in
                let ledgerPackage = SourcePackage(
                    source: job.name,
                    name: package.name,
                    version: package.version,
                    architecture: package.architecture,
                    digest: ContentDigest(bytes: package.digest.bytes)
                )
                let decision = try store?.decision(for: ledgerPackage) ?? .new
                return Item(package: package, ledgerPackage: ledgerPackage, decision: decision)
            }
        }
    }
}
