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
    ///   - progress: told how many kernels were looked at.
    /// - Returns: the runs of kernels in which it is the same, series by series in version order; the kernels that are
    ///   damaged and could not be looked at.
    /// - Throws: `StoreError` when the store cannot be read.
    public func history(
        of path: TypePath,
        matching filter: KernelFilter = .all,
        threads: Int = 1,
        _ progress: (_ kernels: Int) -> Void = { _ in }
    ) throws -> (runs: [HistoryRun], damaged: [StoreError]) {
        let store = try snapshot()
        var kernels: [Kernel] = []
        var damaged = try store.forEachKernel(matching: filter) { kernels.append($0) }
        let found = try store.sightings(of: path, in: kernels, threads: threads, progress)
        var runs = HistoryRuns()
        for kernel in kernels {
            switch found[kernel.btf.digest] {
            case .success(let sightings): runs.add(kernel.name, sightings)
            case .failure(let damage):
                let subject = "the BTF of \(kernel.name)"
                damaged.append(.damaged(path: store.path, subject: subject, reason: damage.reason))
            case nil: break
            }
        }
        return (runs.inOrder, damaged)
    }

    /// What each BTF of some kernels has; series that build on one another are looked at by one thread each.
    private func sightings(
        of path: TypePath,
        in kernels: [Kernel],
        threads: Int,
        _ progress: (_ kernels: Int) -> Void
    ) throws -> [ContentDigest: Result<[TypeSighting], Damage>] {
        let found = Mutex([ContentDigest: Result<[TypeSighting], Damage>]())
        var rest = try byLineage(kernels, digest: \.btf.digest)[...]
        var done = 0
        while !rest.isEmpty {
            progress(done)
            var count = 0
            let portion = rest.prefix { group in
                defer { count += group.count }
                return count < Self.portion
            }
            rest = rest.dropFirst(portion.count)
            try Parallel.forEach(
                Array(portion),
                threads: threads,
                keeping: { LayeredReader(in: self) },
                { group, reader in
                    var answers = SharedAnswers<[TypeSighting]>(in: self)
                    try answers.prepare(for: group.map(\.btf.digest))
                    for kernel in group {
                        let result = try sightings(of: path, in: kernel, &answers, &reader)
                        found.withLock { $0[kernel.btf.digest] = result }
                    }
                }
            )
            done += portion.reduce(0) { $0 + $1.count }
        }
        progress(done)
        return found.withLock { $0 }
    }

    /// How many kernels are looked at, at least, before progress is told.
    private static let portion = 64

    /// Looks into a kernel, as far as need be, where no other kernel's answer holds.
    private func sightings(
        of path: TypePath,
        in kernel: Kernel,
        _ answers: inout SharedAnswers<[TypeSighting]>,
        _ reader: inout LayeredReader
    ) throws -> Result<[TypeSighting], Damage> {
        do throws(StoreError) {
            if let answer = try answers.answer(for: kernel.btf.digest) { return .success(answer) }
            guard let types = try reader.types(of: kernel.btf.digest) else {
                return .success(try types(of: kernel).sightings(of: path))
            }
            let found = types.sightingsWithReads(of: path)
            guard !types.isDamaged else {
                return .failure(Damage(reason: "it does not fit what it builds on"))
            }
            let footprint = Footprint(types: found.types, names: found.names, in: types)
            try answers.record(found.sightings, for: kernel.btf.digest, restingOn: footprint)
            return .success(found.sightings)
        } catch {
            guard case .damaged(_, _, let reason) = error else { throw error }
            return .failure(Damage(reason: reason))
        }
    }

    private func types(of kernel: Kernel) throws(StoreError) -> BTF {
        let bytes = try btf(of: kernel)
        do { return try BTF(parsing: bytes) } catch {
            throw .damaged(path: path, subject: "the BTF of \(kernel.name)", reason: error.description)
        }
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
        var ofSeries = runs[series] ?? []
        if let last = ofSeries.indices.last, ofSeries[last].sightings == sightings {
            ofSeries[last].last = kernel.release
            ofSeries[last].kernels += 1
        } else {
            ofSeries.append(
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
        runs[series] = ofSeries
    }
}
