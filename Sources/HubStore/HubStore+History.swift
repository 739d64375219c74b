public import BTF
internal import BTFDelta
public import KernelIdentity

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
    ///   - threads: how many threads may decode.
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
        var answers = SharedAnswers<[TypeSighting]>(in: store)
        var runs = HistoryRuns()
        var damaged: [StoreError] = []
        var count = 0
        var next: KernelName?
        repeat {
            let page = try store.kernels(matching: filter, after: next)
            damaged += page.damaged
            let found = try store.sightings(of: path, in: page.kernels, threads: threads, sharing: &answers)
            for (kernel, result) in zip(page.kernels, found) {
                switch result {
                case .success(let sightings): runs.add(kernel.name, sightings)
                case .failure(let error): damaged.append(error)
                }
            }
            count += page.kernels.count
            progress(count)
            next = page.next
        } while next != nil
        return (runs.inOrder, damaged)
    }

    /// What was found in a kernel, and what that rests on.
    private struct Look {
        let sightings: [TypeSighting]
        let types: Set<TypeID>
        let names: [String]
        let btf: BTF
    }

    /// Looks into as many kernels at once as there are threads, but only where no other kernel's answer holds.
    private func sightings(
        of path: TypePath,
        in kernels: [Kernel],
        threads: Int,
        sharing answers: inout SharedAnswers<[TypeSighting]>
    ) throws -> [Result<[TypeSighting], StoreError>] {
        try answers.prepare(for: kernels.map(\.btf.digest))
        var found: [Result<[TypeSighting], StoreError>?] = kernels.map { _ in nil }
        var place = 0
        while place < kernels.count {
            var unknown: [Int] = []
            while place < kernels.count, unknown.count < threads {
                if let answer = try answers.answer(for: kernels[place].btf.digest) {
                    found[place] = .success(answer)
                } else {
                    unknown.append(place)
                }
                place += 1
            }
            let looks = try Parallel.map(unknown, threads: threads) { try look(for: path, in: kernels[$0]) }
            for (place, look) in zip(unknown, looks) {
                found[place] = look.map(\.sightings)
                guard case .success(let look) = look else { continue }
                let names = look.names.map { Array($0.utf8) }
                let footprint = Footprint(types: look.types, names: names, in: look.btf)
                try answers.record(look.sightings, for: kernels[place].btf.digest, restingOn: footprint)
            }
        }
        return found.compactMap { $0 }
    }

    private func look(for path: TypePath, in kernel: Kernel) throws -> Result<Look, StoreError> {
        do throws(StoreError) {
            let btf = try types(of: kernel)
            let found = btf.sightingsWithReads(of: path)
            return .success(Look(sightings: found.sightings, types: found.types, names: found.names, btf: btf))
        } catch {
            guard case .damaged = error else { throw error }
            return .failure(error)
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
