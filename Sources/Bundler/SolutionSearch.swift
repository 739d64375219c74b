internal import BTF
internal import BTFDelta
internal import HubStore
internal import Minimizer
internal import Synchronization

/// Finds the solutions of kernels of a store, on any number of threads that share what they find.
///
/// A kernel's solution is, in this order: that of a kernel that it builds on, where no delta between them changes what
/// the solution touched; that of another kernel which says the same about what it touched; its own.
final class SolutionSearch: Sendable {
    private let minimizer: Minimizer
    private let store: HubStore
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
        /// The kernel's BTF cannot be read, for this reason.
        case unreadable(String)
    }

    /// A solution that was made.
    struct Solved: Sendable {
        let solution: KernelSolution
        /// The minimised BTF, where there is one.
        let bytes: [UInt8]?
        /// What the solution touched, and a digest of that with what the kernel says about it.
        let content: (touched: TouchedTypes, key: ContentDigest)?
    }

    /// Begins a search.
    ///
    /// - Parameters:
    ///   - minimizer: solves the requests.
    ///   - store: a snapshot of the store.
    ///   - touched: what solutions are known to touch.
    ///   - solutions: known solutions by the keys of their content.
    init(
        _ minimizer: Minimizer,
        in store: HubStore,
        knowing touched: [TouchedTypes],
        _ solutions: [ContentDigest: KernelSolution]
    ) {
        self.minimizer = minimizer
        self.store = store
        found = Mutex(Found(touched: touched, solutions: solutions))
    }

    /// Finds the solutions of kernels.
    ///
    /// - Parameters:
    ///   - rows: the digests of the kernels' BTF, in rows of neighbours in the order of `HubStore.byLineage`.
    ///   - threads: how many threads may work.
    /// - Returns: what was found for each, in the same order.
    /// - Throws: `StoreError` when the store as a whole cannot be read.
    func results(
        for rows: [ArraySlice<ContentDigest>],
        threads: Int
    ) throws -> [(kernel: ContentDigest, result: Result)] {
        let store = store
        let results = Mutex([Int: [(kernel: ContentDigest, result: Result)]]())
        try Parallel.forEach(
            Array(rows.enumerated()),
            threads: threads,
            keeping: { LayeredReader(in: store) },
            { row, reader in
                // The answers of a row only: so many more rows there are, they take no more memory.
                var answers = SharedAnswers<KernelSolution>(in: store)
                try answers.prepare(for: Array(row.element))
                let found = try row.element.map { ($0, try self.result(for: $0, &answers, &reader)) }
                results.withLock { $0[row.offset] = found }
            }
        )
        return results.withLock { results in rows.indices.flatMap { results[$0] ?? [] } }
    }

    private func result(
        for kernel: ContentDigest,
        _ answers: inout SharedAnswers<KernelSolution>,
        _ reader: inout LayeredReader
    ) throws -> Result {
        do {
            if let solution = try answers.answer(for: kernel) { return .shared(solution) }
            return try solve(kernel, &answers, &reader)
        } catch let error as StoreError {
            guard case .damaged(_, _, let reason) = error else { throw error }
            return .unreadable(reason)
        }
    }

    private func solve(
        _ kernel: ContentDigest,
        _ answers: inout SharedAnswers<KernelSolution>,
        _ reader: inout LayeredReader
    ) throws -> Result {
        let types = try reader.types(of: kernel)
        let touched = found.withLock { $0.touched.suffix(Self.attempts).reversed() }
        var result: Result?
        var basis: (touched: TouchedTypes, types: Set<TypeID>)?
        for touched in touched {
            guard let content = content(of: touched, in: types) else { continue }
            guard let solution = found.withLock({ $0.solutions[content.key] }) else { continue }
            use(touched)
            (result, basis) = (.shared(solution), (touched, content.types))
            break
        }
        if result == nil {
            let (solved, types) = solve(types)
            result = .solved(solved)
            if let content = solved.content { basis = (content.touched, types) }
        }
        guard !types.isDamaged, let result else { return .unreadable("what it builds on does not fit") }
        remember(result)
        if let basis {
            let solution: KernelSolution
            switch result {
            case .shared(let shared): solution = shared
            case .solved(let solved): solution = solved.solution
            case .unreadable: return result
            }
            let footprint = Footprint(types: basis.types, essentialNames: basis.touched.essentialNames, in: types)
            try answers.record(solution, for: kernel, restingOn: footprint)
        }
        return result
    }

    private func remember(_ result: Result) {
        guard case .solved(let solved) = result, let content = solved.content else { return }
        found.withLock { $0.solutions[content.key] = solved.solution }
        use(content.touched)
    }

    private func use(_ touched: TouchedTypes) {
        found.withLock { found in
            if found.touched.last == touched { return }
            found.touched.removeAll { $0 == touched }
            found.touched.append(touched)
        }
    }

    private func solve(_ types: LayeredTypes) -> (solved: Solved, types: Set<TypeID>) {
        let kernel = KernelTypeSources(vmlinux: types)
        do throws(MinimizationError) {
            let minimized = try minimizer.minimize(kernel)
            let bytes = minimized.bytes
            let digest = ContentDigest(of: bytes).description
            let content = minimized.restsOnWholeCandidates ? nil : content(of: minimized.touched, in: types)
            return (
                Solved(
                    solution: KernelSolution(minimized.log, btf: digest, failure: nil),
                    bytes: bytes,
                    content: content.map { (minimized.touched, $0.key) }
                ),
                content?.types ?? []
            )
        } catch {
            let log = minimizer.solver.solve(on: kernel)
            let solution = KernelSolution(log, btf: nil, failure: error.description)
            return (Solved(solution: solution, bytes: nil, content: nil), [])
        }
    }

    /// What a solution is found by on other kernels: what it touched, and what that says; and the types that say it.
    private func content(
        of touched: TouchedTypes,
        in types: LayeredTypes
    ) -> (key: ContentDigest, types: Set<TypeID>)? {
        let names = minimizer.solver.memberNames.map(types.offsets(of:))
        guard let content = TouchedContent.digest(of: touched, in: types, members: names) else { return nil }
        return (ContentDigest(of: ContentDigest(of: touched.bytes).bytes + content.digest.bytes), content.types)
    }
}
