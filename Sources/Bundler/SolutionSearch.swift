internal import BTF
internal import BTFDelta
internal import HubStore
internal import Minimizer
internal import Synchronization

/// Finds the solutions of kernels of a store, on any number of threads that share what they find.
///
/// A kernel's solution is, in this order: that of a kernel that its BTF builds on, where no delta between them changes what
/// the solution touched; that of another kernel which says the same about what it touched; its own. A kernel is read
/// no further than for that, unless programs may come to some of its modules: then it is read as a whole, with these.
final class SolutionSearch: Sendable {
    private let minimizer: Minimizer
    private let stored: StoredTypes
    private let found: Mutex<Found>

    private struct Found {
        /// What solutions touched, each set once, those that were of use last behind.
        var touched: [TouchedTypes]
        /// Solutions by what they touched and what kernels say about that.
        var solutions: [ContentDigest: KernelSolution]
    }

    /// How many sets of what solutions touched are tried on a kernel, those that were of use last first.
    private static let attempts = 16

    /// What was found for a kernel.
    enum Result: Sendable {
        /// Another kernel's solution, which touched what is the same here.
        case shared(KernelSolution)
        case solved(Solved)
        /// The kernel's types cannot be read, for this reason.
        case unreadable(String)
    }

    /// A solution that was made.
    struct Solved: Sendable {
        let solution: KernelSolution
        /// The minimised BTF that it names, by digest.
        let blobs: [String: [UInt8]]
        /// What the solution touched, and a digest of that with what the kernel says about it.
        let content: (touched: TouchedTypes, key: ContentDigest)?
    }

    /// What a solution for some types rests on: what it touched, and the types of vmlinux among that.
    private typealias Basis = (touched: TouchedTypes, types: Set<TypeID>)

    /// Begins a search.
    ///
    /// - Parameters:
    ///   - minimizer: solves the requests.
    ///   - stored: reads a snapshot of the store.
    ///   - touched: what solutions are known to touch.
    ///   - solutions: known solutions by the keys of their content.
    init(
        _ minimizer: Minimizer,
        in stored: StoredTypes,
        knowing touched: [TouchedTypes],
        _ solutions: [ContentDigest: KernelSolution]
    ) {
        self.minimizer = minimizer
        self.stored = stored
        found = Mutex(Found(touched: touched, solutions: solutions))
    }

    /// Finds the solutions of kernels.
    ///
    /// - Parameters:
    ///   - rows: the kernels, in rows of neighbours in the order of `HubStore.byLineage`.
    ///   - threads: how many threads may work.
    /// - Returns: what was found for each, in the same order.
    /// - Throws: `StoreError` when the store as a whole cannot be read.
    func results(
        for rows: [[PlannedKernel]],
        threads: Int
    ) throws -> [(kernel: PlannedKernel, result: Result)] {
        let store = stored.store
        let tables = WholeTables()
        let results = Mutex([Int: [(kernel: PlannedKernel, result: Result)]]())
        try Parallel.forEach(
            Array(rows.enumerated()),
            threads: threads,
            keeping: { LayeredReader(in: store, sharing: tables) },
            { row, reader in
                // Of one row at a time, so that memory does not grow with the number of rows.
                var answers = SharedAnswers<KernelSolution>(in: store)
                try answers.prepare(for: row.element.map(\.btf))
                let found = try row.element.map { ($0, try self.result(for: $0, &answers, &reader)) }
                results.withLock { $0[row.offset] = found }
            }
        )
        return results.withLock { results in rows.indices.flatMap { results[$0] ?? [] } }
    }

    private func result(
        for kernel: PlannedKernel,
        _ answers: inout SharedAnswers<KernelSolution>,
        _ reader: inout LayeredReader
    ) throws -> Result {
        guard kernel.isReadAlone else { return try resultAsWhole(for: kernel) }
        do {
            if let solution = try answers.answer(for: kernel.btf) { return .shared(solution) }
            guard let types = try reader.types(of: kernel.btf) else { return try resultAsWhole(for: kernel) }
            let (result, basis) = result(on: KernelTypeSources(vmlinux: types).using(stored.modules))
            guard !types.isDamaged else { return .unreadable("\(kernel.name): its BTF does not fit what it builds on") }
            if let basis, let solution = result.solution {
                let footprint = Footprint(types: basis.types, essentialNames: basis.touched.essentialNames, in: types)
                try answers.record(solution, for: kernel.btf, restingOn: footprint)
            }
            return result
        } catch let error as StoreError {
            guard case .damaged = error else { throw error }
            return .unreadable("\(kernel.name): \(error)")
        }
    }

    private func resultAsWhole(for kernel: PlannedKernel) throws -> Result {
        switch try stored.types(of: kernel) {
        case .types(let types): result(on: types).result
        case .unreadable(let reason): .unreadable(reason)
        }
    }

    private func result<Source>(on kernel: KernelTypeSources<Source>) -> (result: Result, basis: Basis?) {
        for touched in found.withLock({ $0.touched.suffix(Self.attempts).reversed() }) {
            guard let content = content(of: touched, in: kernel),
                let solution = found.withLock({ $0.solutions[content.key] })
            else { continue }
            use(touched)
            return (.shared(solution), (touched, content.types))
        }
        do throws(MinimizationError) {
            let minimized = try minimizer.minimize(kernel, modules: stored.modules)
            let content = minimized.restsOnWholeCandidates ? nil : content(of: minimized.touched, in: kernel)
            let solved = Solved(minimized, key: content?.key)
            guard let content else { return (.solved(solved), nil) }
            found.withLock { $0.solutions[content.key] = solved.solution }
            use(minimized.touched)
            return (.solved(solved), (minimized.touched, content.types))
        } catch {
            let logs = LoaderRules.allCases.map { ($0, minimizer.solver.solve(on: kernel, by: $0)) }
            let solution = KernelSolution(
                Dictionary(uniqueKeysWithValues: logs),
                btf: nil,
                failure: error.description
            )
            return (.solved(Solved(solution: solution, blobs: [:], content: nil)), nil)
        }
    }

    /// Takes note that a set of what is touched was of use.
    private func use(_ touched: TouchedTypes) {
        found.withLock { found in
            if found.touched.last == touched { return }
            found.touched.removeAll { $0 == touched }
            found.touched.append(touched)
        }
    }

    /// What a solution is found by on other kernels: what it touched, and what that says; and the types that say it.
    private func content<Source>(
        of touched: TouchedTypes,
        in kernel: KernelTypeSources<Source>
    ) -> (key: ContentDigest, types: Set<TypeID>)? {
        let names = minimizer.solver.memberNames
        guard let content = TouchedContent.digest(of: touched, in: kernel, members: names) else { return nil }
        return (ContentDigest(of: ContentDigest(of: touched.bytes).bytes + content.digest.bytes), content.types)
    }
}

extension SolutionSearch.Result {
    /// The solution, where there is one.
    fileprivate var solution: KernelSolution? {
        switch self {
        case .shared(let solution): solution
        case .solved(let solved): solved.solution
        case .unreadable: nil
        }
    }
}

extension SolutionSearch.Solved {
    fileprivate init(_ minimized: MinimizedBTF, key: ContentDigest?) {
        let files = [minimized.bytes] + minimized.modules.map { $0.types.serialized() }
        let digests = files.map { ContentDigest(of: $0).description }
        var modules: [String: String?] = [:]
        for name in minimized.moduleNames { modules[name] = .some(nil) }
        for (module, digest) in zip(minimized.modules, digests.dropFirst()) { modules[module.name] = digest }
        self.init(
            solution: KernelSolution(minimized.logs, btf: digests[0], modules: modules, failure: nil),
            blobs: Dictionary(zip(digests, files)) { first, _ in first },
            content: key.map { (minimized.touched, $0) }
        )
    }
}
