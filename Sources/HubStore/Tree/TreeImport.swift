internal import Archive
internal import BTF
internal import KernelIdentity

/// Takes the kernels of an archive tree into a store.
public struct TreeImport: Sendable {
    /// What became, or would become, of a file.
    public enum Outcome: Hashable, Sendable {
        /// Its kernel is in the store now.
        case stored
        /// Its kernel has taken the place of what an earlier file of the same name held.
        case replaced
        /// The store holds its BTF; it was decoded to find that out.
        case unchanged
        /// The ledger knows this very file.
        case known
        /// The store has the kernel from elsewhere, and keeps that.
        case kept
        /// It is to be stored, as far as can be said without decoding it.
        case due
        /// It holds no BTF that can be stored, for this reason.
        case failed(reason: String)
    }

    /// A file and what became of it.
    public struct Report: Hashable, Sendable {
        /// The file.
        public let file: TreeFile
        /// What became of it.
        public let outcome: Outcome
    }

    /// What the ledger calls the source of imported files.
    public static let sourceName = "import"

    private let store: HubStore?
    private let isDryRun: Bool
    private let isRepeated: Bool

    /// Prepares an import.
    ///
    /// - Parameters:
    ///   - store: the store, open for writing; for a dry run one that can be read, or nil where there is none yet.
    ///   - isDryRun: whether to say what would be done, and do nothing.
    ///   - isRepeated: whether to take files that the ledger knows once more, to mend what is damaged.
    public init(into store: HubStore?, isDryRun: Bool = false, isRepeated: Bool = false) {
        self.store = store
        self.isDryRun = isDryRun
        self.isRepeated = isRepeated
    }

    /// Takes files into the store, each in a transaction of its own. A bad file stops nothing else.
    ///
    /// Large files come first, which are the newest and fullest kernels': what others lack of them costs nothing.
    ///
    /// - Parameters:
    ///   - files: the files of a tree.
    ///   - threads: how many threads may decode.
    ///   - report: told what became of each file, from any of the threads.
    /// - Throws: `StoreError` when the store cannot be used; what was stored until then stays stored.
    public func run(_ files: [TreeFile], threads: Int, _ report: @Sendable (Report) -> Void) throws {
        let sizes = files.map(\.size)
        let order = files.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
        try Parallel.forEach(order.map { files[$0] }, threads: threads) { file in
            report(Report(file: file, outcome: try take(file)))
        }
    }

    private func take(_ file: TreeFile) throws -> Outcome {
        guard let store else { return .due }
        let current = try store.kernel(named: file.kernel)
        if let current, current.package?.source != Self.sourceName { return .kept }
        let bytes: [UInt8]
        do { bytes = try file.bytes() } catch { return .failed(reason: error.description) }
        let package = file.ledgerPackage(digest: ContentDigest(of: bytes))
        if !isRepeated, current != nil, case .done = try store.decision(for: package) { return .known }
        if isDryRun { return .due }
        do {
            let addition = try store.add(
                NewKernel(name: file.kernel, buildID: nil, btf: try file.canonicalBTF(from: bytes)),
                from: package
            )
            switch addition {
            case .stored: return .stored
            case .replaced: return .replaced
            case .unchanged: return .unchanged
            }
        } catch let error as StoreError {
            guard case .invalidBTF(_, let reason) = error else { throw error }
            return try fail(package, reason, in: store)
        } catch let error as ArchiveError {
            return try fail(package, error.description, in: store)
        } catch let error as BTFError {
            return try fail(package, "\(file.path): \(error)", in: store)
        }
    }

    /// Notes a bad file; it is looked at again in each run, as that costs nearly nothing.
    private func fail(_ package: SourcePackage, _ reason: String, in store: HubStore) throws -> Outcome {
        try store.record(.failed(reason: reason, retryAfter: nil), for: package)
        return .failed(reason: reason)
    }
}

extension TreeFile {
    /// What the ledger calls the file; the same wherever the tree lies.
    fileprivate func ledgerPackage(digest: ContentDigest) -> SourcePackage {
        SourcePackage(
            source: TreeImport.sourceName,
            name: kernel.release + form.suffix,
            version: "\(kernel.distribution)/\(kernel.version)",
            architecture: kernel.architecture.rawValue,
            digest: digest
        )
    }

    fileprivate func canonicalBTF(from bytes: [UInt8]) throws -> [UInt8] {
        let types = try BTF(parsing: form.decode(bytes, of: kernel, name: path))
        guard types.typeCount > 0 else { throw BTFError(.types, offset: 0, "there are no types") }
        return try types.canonicalized().serialized()
    }
}
