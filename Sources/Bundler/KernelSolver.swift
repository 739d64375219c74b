internal import BTF
internal import Dispatch
internal import HubStore
internal import KernelIdentity
internal import Minimizer
internal import Synchronization

/// Solves some programs' requests on the kernels of a store, each distinct question once.
///
/// Kernels are handed in by the chunk; of a chunk, what is not known yet is solved on all processors. What is found is
/// remembered by the digest of the kernel's BTF, in memory and in the file of the cache.
final class KernelSolver {
    /// How many kernels are solved before the first of them is used.
    static let chunk = 64

    private let minimizer: Minimizer
    private let store: HubStore
    private let table: SolutionTable
    /// Why a kernel's BTF cannot be read, by its digest; that is not kept, as it may be readable next time.
    private var unreadable: [ContentDigest: String] = [:]
    /// How many times the requests were solved.
    private(set) var solveCount = 0

    init(_ requests: RelocationRequestLog, store: HubStore, cache: String?) throws {
        minimizer = Minimizer(requests)
        self.store = store
        table = try SolutionTable(of: requests, folder: cache)
    }

    /// What is known of a kernel after `solve`.
    enum Answer {
        case solution(KernelSolution)
        /// The kernel's BTF cannot be read, for this reason.
        case unreadable(String)
    }

    /// Whether a kernel needs no solving any more.
    func knows(_ kernel: PlannedKernel) -> Bool { table[kernel.btf] != nil || unreadable[kernel.btf] != nil }

    /// Solves what is not known yet of some kernels.
    ///
    /// - Throws: `StoreError` when the store as a whole cannot be read.
    func solve(_ kernels: some Sequence<PlannedKernel>) throws {
        var missing: [ContentDigest: PlannedKernel] = [:]
        for kernel in kernels where !knows(kernel) { missing[kernel.btf] = kernel }
        let work = missing.values.sorted { $0.name < $1.name }
        let results = Mutex<[Int: Result<Solved, any Error>]>([:])
        let (minimizer, store) = (minimizer, store)
        DispatchQueue.concurrentPerform(iterations: work.count) { index in
            let result = Result { try Self.solve(work[index], in: store, with: minimizer) }
            results.withLock { $0[index] = result }
        }
        for (index, result) in results.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            switch try result.get() {
            case .solution(let solution, let bytes):
                table.insert(solution, bytes, for: work[index].btf)
                solveCount += 1
            case .unreadable(let reason): unreadable[work[index].btf] = reason
            }
        }
        table.save()
    }

    /// What a kernel comes to, solving it when that is not known.
    func answer(for kernel: PlannedKernel) throws -> Answer {
        try solve([kernel])
        if let reason = unreadable[kernel.btf] { return .unreadable(reason) }
        guard let solution = table[kernel.btf] else { return .unreadable("it could not be solved") }
        return .solution(solution)
    }

    /// The minimised BTF of a kernel, or nil where there is none.
    func btf(of kernel: PlannedKernel) throws -> BundleBTF? {
        guard case .solution(let solution) = try answer(for: kernel), let digest = solution.btf else { return nil }
        if table.bytes(of: digest) == nil {
            // It had to make room for others.
            table.forget(kernel.btf)
            try solve([kernel])
        }
        return table.bytes(of: digest).map { BundleBTF(digest: digest, bytes: $0) }
    }

    private enum Solved: Sendable {
        case solution(KernelSolution, [UInt8]?)
        case unreadable(String)
    }

    private static func solve(
        _ kernel: PlannedKernel,
        in store: HubStore,
        with minimizer: Minimizer
    ) throws -> Solved {
        let types: KernelTypes
        do {
            guard let bytes = try store.btf(digest: kernel.btf) else {
                return .unreadable("\(kernel.name): the store does not hold its BTF")
            }
            types = KernelTypes(vmlinux: try BTF(parsing: bytes))
        } catch let error as BTFError {
            return .unreadable("\(kernel.name): \(error)")
        } catch let error as StoreError {
            guard case .damaged = error else { throw error }
            return .unreadable("\(kernel.name): \(error)")
        }
        do throws(MinimizationError) {
            let minimized = try minimizer.minimize(types)
            let bytes = minimized.bytes
            let digest = ContentDigest(of: bytes).description
            return .solution(KernelSolution(minimized.log, btf: digest, failure: nil), bytes)
        } catch {
            let log = minimizer.solver.solve(on: types)
            return .solution(KernelSolution(log, btf: nil, failure: error.description), nil)
        }
    }
}
