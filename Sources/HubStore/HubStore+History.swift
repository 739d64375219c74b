public import BTF
internal import BTFDelta
public import KernelIdentity
internal import Synchronization

/// Kernels of one series, in version order, in which a type is the same.
public struct HistoryRun: Hashable, Sendable {
    /// The distribution.
    public let distribution: String
    /// The distribution's version.
    public let version: String
    /// The architecture.
    public let architecture: Architecture
    /// What tells the series' builds of one version apart, such as `cloud-amd64`; empty where nothing does.
    public let flavour: String
    /// The release of the first kernel.
    public let first: String
    /// The release of the last kernel.
    public internal(set) var last: String
    /// The number of kernels.
    public internal(set) var kernels: Int
    /// What these kernels have; nothing where they do not have it.
    public let sightings: [TypeSighting]
}

extension HubStore {
    /// Follows a type, or a part of one, over the stored kernels.
    ///
    /// - Parameters:
    ///   - path: the type.
    ///   - filter: which kernels.
    ///   - threads: how many threads may look.
    ///   - progress: told how many different BTFs of how many were looked at.
    /// - Returns: the runs of kernels in which it is the same, series by series in version order; the kernels that are
    ///   damaged and could not be looked at.
    /// - Throws: `StoreError` when the store cannot be read.
    public func history(
        of path: TypePath,
        matching filter: KernelFilter = .all,
        threads: Int = 1,
        _ progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws -> (runs: [HistoryRun], damaged: [StoreError]) {
        let store = try snapshot()
        var contents: Set<ContentDigest> = []
        try store.forEachKernel(matching: filter) { contents.insert($0.btf.digest) }
        let found = try store.sightings(of: path, in: contents, threads: threads, progress)
        var runs = HistoryRuns()
        var unreadable: [StoreError] = []
        let damaged = try store.forEachKernel(matching: filter) { kernel in
            switch found[kernel.btf.digest] {
            case .success(let sightings): runs.add(kernel.name, sightings)
            case .failure(let damage):
                let subject = "the BTF of \(kernel.name)"
                unreadable.append(.damaged(path: store.path, subject: subject, reason: damage.reason))
            case nil: break
            }
        }
        return (runs.inOrder, damaged + unreadable)
    }

    /// What some BTFs have; those that build on one another are looked at by one thread.
    private func sightings(
        of path: TypePath,
        in contents: Set<ContentDigest>,
        threads: Int,
        _ progress: (_ done: Int, _ count: Int) -> Void
    ) throws -> [ContentDigest: Result<[TypeSighting], Damage>] {
        let found = Mutex(FoundSightings())
        let tables = WholeTables()
        var done = 0
        for portion in Parallel.portions(of: try byLineage(contents, digest: \.self), atLeast: Self.portion) {
            progress(done, contents.count)
            try Parallel.forEach(
                portion,
                threads: threads,
                keeping: { LayeredReader(in: self, sharing: tables) },
                { row, reader in
                    var answers = SharedAnswers<[TypeSighting]>(in: self)
                    try answers.prepare(for: row)
                    for digest in row {
                        let result = try sightings(of: path, in: digest, &answers, &reader)
                        found.withLock { $0.note(result, for: digest) }
                    }
                }
            )
            done += portion.joined().count
        }
        progress(done, contents.count)
        return found.withLock { $0.results }
    }

    /// How many BTFs are looked at, at least, before progress is told.
    private static let portion = 512

    /// Looks into a BTF, as far as need be, where no other's answer holds.
    private func sightings(
        of path: TypePath,
        in digest: ContentDigest,
        _ answers: inout SharedAnswers<[TypeSighting]>,
        _ reader: inout LayeredReader
    ) throws -> Result<[TypeSighting], Damage> {
        do throws(StoreError) {
            if let answer = try answers.answer(for: digest) { return .success(answer) }
            guard let types = try reader.types(of: digest) else { return try wholeSightings(of: path, in: digest) }
            let found = types.sightingsWithReads(of: path)
            guard !types.isDamaged else {
                return .failure(Damage(reason: "it does not fit what it builds on"))
            }
            let footprint = Footprint(types: found.types, names: found.names, in: types)
            try answers.record(found.sightings, for: digest, restingOn: footprint)
            return .success(found.sightings)
        } catch {
            guard case .damaged(_, _, let reason) = error else { throw error }
            return .failure(Damage(reason: reason))
        }
    }

    /// Reads a BTF as a whole.
    private func wholeSightings(
        of path: TypePath,
        in digest: ContentDigest
    ) throws(StoreError) -> Result<[TypeSighting], Damage> {
        guard let bytes = try btf(digest: digest) else {
            return .failure(Damage(reason: "the store does not hold its bytes"))
        }
        do { return .success(try BTF(parsing: bytes).sightings(of: path)) } catch {
            return .failure(Damage(reason: error.description))
        }
    }
}

/// What BTFs were found to have; what several have alike is kept once.
private struct FoundSightings {
    private(set) var results: [ContentDigest: Result<[TypeSighting], Damage>] = [:]
    private var different: Set<[TypeSighting]> = []

    mutating func note(_ result: Result<[TypeSighting], Damage>, for digest: ContentDigest) {
        results[digest] = result.map { different.insert($0).memberAfterInsert }
    }
}

/// Runs that grow as kernels come in the order of their names.
private struct HistoryRuns {
    private struct Series: Hashable {
        let distribution: String
        let version: String
        let architecture: Architecture
        let flavour: String
    }

    private var order: [Series] = []
    private var runs: [Series: [HistoryRun]] = [:]

    var inOrder: [HistoryRun] { order.flatMap { runs[$0] ?? [] } }

    mutating func add(_ kernel: KernelName, _ sightings: [TypeSighting]) {
        let series = Series(
            distribution: kernel.distribution,
            version: kernel.version,
            architecture: kernel.architecture,
            flavour: kernel.flavour
        )
        if runs[series] == nil { order.append(series) }
        if let last = runs[series]?.indices.last, runs[series]?[last].sightings == sightings {
            runs[series]?[last].last = kernel.release
            runs[series]?[last].kernels += 1
        } else {
            runs[series, default: []].append(
                HistoryRun(
                    distribution: kernel.distribution,
                    version: kernel.version,
                    architecture: kernel.architecture,
                    flavour: kernel.flavour,
                    first: kernel.release,
                    last: kernel.release,
                    kernels: 1,
                    sightings: sightings
                )
            )
        }
    }
}
