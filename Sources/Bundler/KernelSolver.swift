internal import BTF
internal import Dispatch
internal import HubStore
internal import KernelIdentity
internal import Minimizer
internal import Synchronization

/// Solves some programs' requests on the kernels of a store, each distinct question once.
///
/// Kernels are handed in by the chunk; of a chunk, what is not known yet is solved on all processors. What is found is
/// remembered in memory and in the file of the cache: by the digest of the kernel's BTF, and by what the solution touched
/// of it, so that another kernel on which that is the same needs no solving.
final class KernelSolver {
    /// How many kernels are solved before the first of them is used.
    static let chunk = 64
    /// How many kernels are worked on before what they have found helps the next.
    private static let row = 4
    /// How many sets of what solutions touched are tried on a kernel, those found last first.
    private static let attempts = 4

    private let minimizer: Minimizer
    private let stored: StoredTypes
    private let table: SolutionTable
    /// Why a kernel's BTF cannot be read, by its digest; that is not kept, as it may be readable next time.
    private var unreadable: [ContentDigest: String] = [:]
    /// How many times the requests were solved.
    private(set) var solveCount = 0

    init(_ requests: RelocationRequestLog, store: HubStore, modules: ModuleUse, cache: String?) throws {
        minimizer = Minimizer(requests)
        stored = StoredTypes(store: store, solver: minimizer.solver, modules: modules)
        table = try SolutionTable(of: requests, folder: cache)
    }

    /// What is known of a kernel after `solve`.
    enum Answer {
        case solution(KernelSolution)
        /// The kernel's BTF cannot be read, for this reason.
        case unreadable(String)
    }

    /// Whether a kernel needs no solving any more.
    func knows(_ kernel: PlannedKernel) -> Bool { table[kernel.types] != nil || unreadable[kernel.types] != nil }

    /// Solves what is not known yet of some kernels.
    ///
    /// - Throws: `StoreError` when the store as a whole cannot be read.
    func solve(_ kernels: some Sequence<PlannedKernel>) throws {
        var missing: [ContentDigest: PlannedKernel] = [:]
        for kernel in kernels where !knows(kernel) && missing[kernel.types] == nil { missing[kernel.types] = kernel }
        guard !missing.isEmpty else { return }
        let work = missing.values.sorted { $0.name < $1.name }
        // The first tells what is touched; after that, each row of kernels knows what those before it have found.
        var start = 0
        while start < work.count {
            let count = table.touched.isEmpty ? 1 : Self.row
            try solve(row: Array(work[start..<min(start + count, work.count)]))
            start += count
        }
        table.save()
    }

    /// Solves some kernels at the same time.
    private func solve(row: [PlannedKernel]) throws {
        let results = Mutex<[Int: Result<Solved, any Error>]>([:])
        let (minimizer, stored) = (minimizer, stored)
        let touched = Array(table.touched.suffix(Self.attempts).reversed())
        let known = touched.isEmpty ? [:] : table.all
        DispatchQueue.concurrentPerform(iterations: row.count) { index in
            let result = Result { try Self.solve(row[index], in: stored, with: minimizer, touched, known) }
            results.withLock { $0[index] = result }
        }
        for (index, result) in results.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            let key = row[index].types
            switch try result.get() {
            case .unreadable(let reason): unreadable[key] = reason
            case .shared(let solution): table.insert(solution, [:], for: key)
            case .solution(let solution, let blobs, let content):
                table.insert(solution, blobs, for: key)
                solveCount += 1
                guard let content else { continue }
                table.note(content.touched)
                table.insert(solution, [:], for: content.key)
            }
        }
    }

    /// What a kernel comes to, solving it when that is not known.
    func answer(for kernel: PlannedKernel) throws -> Answer {
        try solve([kernel])
        if let reason = unreadable[kernel.types] { return .unreadable(reason) }
        guard let solution = table[kernel.types] else { return .unreadable("it could not be solved") }
        return .solution(solution)
    }

    /// The minimised BTF of a kernel, or nil where there is none.
    func btf(of kernel: PlannedKernel) throws -> BundleBTF? {
        guard case .solution(let solution) = try answer(for: kernel), let digest = solution.btf else { return nil }
        if solution.digests.contains(where: { table.bytes(of: $0) == nil }) {
            // It had to make room for others.
            table.forget(solution)
            try solve([kernel])
        }
        let modules = solution.modules.compactMap { module -> BundleBTF.Module? in
            guard let digest = module.btf, let bytes = table.bytes(of: digest) else { return nil }
            return BundleBTF.Module(name: module.name, digest: digest, bytes: bytes)
        }
        return table.bytes(of: digest).map { BundleBTF(digest: digest, bytes: $0, modules: modules) }
    }

    /// The digests of the BTF of a kernel's modules, by their names.
    ///
    /// - Throws: `StoreError` when the store cannot be read.
    func moduleDigests(of kernel: PlannedKernel) throws -> [String: ContentDigest] {
        let modules = try kernel.modular.map(stored.store.modules) ?? []
        return Dictionary(modules.map { ($0.name, $0.btf.digest) }) { first, _ in first }
    }

    private enum Solved: Sendable {
        /// Another kernel's solution, which touched what is the same here.
        case shared(KernelSolution)
        case solution(KernelSolution, [String: [UInt8]], (touched: TouchedTypes, key: ContentDigest)?)
        case unreadable(String)
    }

    private static func solve(
        _ kernel: PlannedKernel,
        in stored: StoredTypes,
        with minimizer: Minimizer,
        _ touched: [TouchedTypes],
        _ known: [ContentDigest: KernelSolution]
    ) throws -> Solved {
        let types: KernelTypes
        switch try stored.types(of: kernel) {
        case .types(let found): types = found
        case .unreadable(let reason): return .unreadable(reason)
        }
        for touched in touched {
            if let key = key(of: touched, in: types), let solution = known[key] { return .shared(solution) }
        }
        do throws(MinimizationError) {
            let minimized = try minimizer.minimize(types, modules: stored.modules)
            let blobs = [minimized.bytes] + minimized.modules.map { $0.types.serialized() }
            let digests = blobs.map { ContentDigest(of: $0).description }
            var modules: [String: String?] = [:]
            for name in minimized.moduleNames { modules[name] = .some(nil) }
            for (module, digest) in zip(minimized.modules, digests.dropFirst()) { modules[module.name] = digest }
            return .solution(
                KernelSolution(minimized.logs, btf: digests[0], modules: modules, failure: nil),
                Dictionary(zip(digests, blobs)) { first, _ in first },
                key(of: minimized.touched, in: types).map { (minimized.touched, $0) }
            )
        } catch {
            let solver = minimizer.solver
            let logs = LoaderRules.allCases.map { ($0, solver.solve(on: types, by: $0)) }
            let solution = KernelSolution(
                Dictionary(uniqueKeysWithValues: logs),
                btf: nil,
                failure: error.description
            )
            return .solution(solution, [:], nil)
        }
    }

    /// What a solution is found by on other kernels: what it touched, and what that says.
    private static func key(of touched: TouchedTypes, in types: KernelTypes) -> ContentDigest? {
        guard let content = TouchedContent.digest(of: touched, in: types) else { return nil }
        return ContentDigest(of: ContentDigest(of: touched.bytes).bytes + content.bytes)
    }
}
