public import BTF
public import HubStore
public import KernelIdentity
public import Minimizer

/// Checks on which kernels programs load.
public struct CompatibilityCheck: Sendable {
    private let requests: RelocationRequestLog
    private let rules: LoaderRules
    private let modules: ModuleUse

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - requests: what the programs ask of a kernel.
    ///   - rules: whose rules decide.
    ///   - modules: what a loader gets of the kernels' modules.
    public init(_ requests: RelocationRequestLog, by rules: LoaderRules = .libbpf, modules: ModuleUse = .merged) {
        self.requests = requests
        self.rules = rules
        self.modules = modules
    }

    /// Checks kernels of a store, and files of BTF after them.
    ///
    /// - Parameters:
    ///   - store: the store; nil checks the files alone.
    ///   - filter: which of its kernels.
    ///   - files: paths and types, those of modules included.
    ///   - cache: the folder in which solutions are kept; nil keeps none.
    ///   - progress: is told how many kernels of how many are done.
    /// - Returns: the report.
    /// - Throws: `StoreError` when the store cannot be read.
    public func run(
        on store: HubStore?,
        matching filter: KernelFilter = .all,
        files: [(path: String, types: KernelTypes)] = [],
        cache: String? = nil,
        progress: (_ done: Int, _ count: Int) throws -> Void = { _, _ in }
    ) throws -> CompatibilityReport {
        var report = try CompatibilityReport(of: requests, by: rules, modules)
        let solver = RelocationSolver(requests)
        if let snapshot = try store?.snapshot() {
            var planned: [PlannedKernel] = []
            let damaged = try PlannedKernel.forEach(matching: filter, of: snapshot, modules, by: solver) {
                planned.append($0)
            }
            let kernels = try KernelSolver(requests, store: snapshot, modules: modules, cache: cache)
            try kernels.solve(planned) { try progress($0, planned.count) }
            for kernel in planned {
                let answer = try kernels.answer(for: kernel)
                report.add(.kernel(kernel.name), answer, hasModules: kernel.modules != .noModules)
            }
            try progress(planned.count, planned.count)
            for error in damaged { report.add(.file(snapshot.path), .unreadable(error.description)) }
        }
        for (path, types) in files {
            let log = solver.solve(on: types.using(modules), by: rules)
            report.add(.file(path), .solution(KernelSolution([rules: log], btf: nil, failure: nil)))
        }
        return report
    }
}
