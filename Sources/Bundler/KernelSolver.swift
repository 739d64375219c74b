internal import Foundation
internal import HubStore
internal import KernelIdentity
internal import Minimizer

/// Solves some programs' requests on the kernels of a store, each distinct question once.
///
/// Kernels are handed in all together; what is not known yet is solved on all processors, in the order in which the store
/// has them build on one another. What is found is remembered in memory and in the file of the cache: by the digest of the
/// kernel's types, and by what the solution touched of them, so that another kernel on which that is the same needs no
/// solving.
final class KernelSolver {
    /// How many kernels are worked on, at least, before the file is written and progress is told.
    private static let portion = 1024

    private let stored: StoredTypes
    private let minimizer: Minimizer
    private let threads: Int
    private let table: SolutionTable
    /// Why a kernel's types cannot be read, by their digest; that is not kept, as they may be readable next time.
    private var unreadable: [ContentDigest: String] = [:]
    /// How many times the requests were solved.
    private(set) var solveCount = 0

    /// Prepares to solve.
    ///
    /// - Parameters:
    ///   - requests: what the programs ask of a kernel.
    ///   - store: a snapshot of the store.
    ///   - modules: what is asked of the kernels' modules.
    ///   - cache: the folder in which solutions are kept; nil keeps none.
    ///   - threads: how many threads may work; what they find does not depend on it.
    /// - Throws: what Foundation throws when it cannot encode the requests.
    init(
        _ requests: RelocationRequestLog,
        store: HubStore,
        modules: ModuleUse,
        cache: String?,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws {
        minimizer = Minimizer(requests)
        stored = StoredTypes(store: store, solver: minimizer.solver, modules: modules)
        table = try SolutionTable(of: requests, folder: cache)
        self.threads = threads
    }

    /// What is known of a kernel after `solve`.
    enum Answer {
        case solution(KernelSolution)
        /// The kernel's types cannot be read, for this reason.
        case unreadable(String)
    }

    /// Solves what is not known yet of some kernels.
    ///
    /// - Parameters:
    ///   - kernels: the kernels.
    ///   - progress: is told now and then how many are done.
    /// - Throws: `StoreError` when the store as a whole cannot be read, and what `progress` throws.
    func solve(_ kernels: some Collection<PlannedKernel>, progress: (_ done: Int) throws -> Void = { _ in }) throws {
        var seen: Set<ContentDigest> = []
        let missing = kernels.filter {
            table[$0.types] == nil && unreadable[$0.types] == nil && seen.insert($0.types).inserted
        }
        guard !missing.isEmpty else { return }
        var done = kernels.count - missing.count
        let rows = try stored.store.byLineage(missing, digest: \.btf)
        for portion in Parallel.portions(of: rows, atLeast: Self.portion) {
            try progress(done)
            try solve(rows: portion)
            done += portion.joined().count
        }
    }

    private func solve(rows: [[PlannedKernel]]) throws {
        let search = SolutionSearch(minimizer, in: stored, knowing: table.touched, table.all)
        for (kernel, result) in try search.results(for: rows, threads: threads) {
            switch result {
            case .unreadable(let reason): unreadable[kernel.types] = reason
            case .shared(let solution): table.insert(solution, [:], for: kernel.types)
            case .solved(let solved):
                table.insert(solved.solution, solved.blobs, for: kernel.types)
                solveCount += 1
                guard let content = solved.content else { continue }
                table.note(content.touched)
                table.insert(solved.solution, [:], for: content.key)
            }
        }
        table.save()
    }

    /// What a kernel comes to, solving it when that is not known.
    func answer(for kernel: PlannedKernel) throws -> Answer {
        if let known = table[kernel.types] { return .solution(known) }
        try solve(CollectionOfOne(kernel))
        if let reason = unreadable[kernel.types] { return .unreadable(reason) }
        guard let solution = table[kernel.types] else { return .unreadable("it could not be solved") }
        return .solution(solution)
    }

    /// The modules of a kernel that the programs may come to.
    func modules(of kernel: PlannedKernel) throws -> [Module] { try kernel.modules(in: stored.store) }

    /// The minimised BTF of a kernel, or nil where there is none.
    func btf(of kernel: PlannedKernel) throws -> BundleBTF? {
        guard case .solution(let solution) = try answer(for: kernel), let digest = solution.btf else { return nil }
        if solution.digests.contains(where: { table.bytes(of: $0) == nil }) {
            // It had to make room for others.
            table.forget(solution)
            try solve(CollectionOfOne(kernel))
        }
        let modules = solution.modules.compactMap { module -> BundleBTF.Module? in
            guard let digest = module.btf, let bytes = table.bytes(of: digest) else { return nil }
            return BundleBTF.Module(name: module.name, digest: digest, bytes: bytes)
        }
        return table.bytes(of: digest).map { BundleBTF(digest: digest, bytes: $0, modules: modules) }
    }
}
