internal import HubStore
internal import KernelIdentity
internal import Minimizer

/// A bundle under way: gives the writer what it asks for.
final class BundleWriting {
    private let request: BundleRequest
    private let solver: KernelSolver
    private let progress: (Int) throws -> Void
    private let planned: [PlannedKernel]
    private let indexes: [KernelName: Int]
    private let relocations: [ProgramRelocations.Relocation]
    /// The kernels that cannot be solved, in the order in which the writer met them.
    private var unsolved: [(kernel: BundleKernel, reason: String)] = []

    init(
        _ request: BundleRequest,
        _ planned: [PlannedKernel],
        _ solver: KernelSolver,
        _ progress: @escaping (Int) throws -> Void
    ) throws {
        self.request = request
        self.planned = planned
        self.solver = solver
        self.progress = progress
        relocations = try ProgramRelocations(of: request.requests).relocations
        indexes = Dictionary(uniqueKeysWithValues: planned.enumerated().map { ($1.name, $0) })
    }

    /// A kernel's minimised BTF, or nil where there is none.
    func btf(of kernel: BundleKernel) throws -> BundleBTF? {
        try progress(planned.count)
        guard let index = indexes[kernel.name] else { return nil }
        let planned = planned[index]
        switch try solver.answer(for: planned) {
        case .unreadable(let reason): unsolved.append((kernel, reason))
        case .solution(let solution):
            if let failure = solution.failure { unsolved.append((kernel, "\(kernel.name): \(failure)")) }
        }
        return try solver.btf(of: planned)
    }

    /// Tells that all is done.
    func finish() throws { try progress(planned.count) }

    /// The kernels that are not in the bundle.
    func leftOut(besides contents: BundleContents) -> [BundleReport.LeftOut] {
        unsolved.map { .init(kernel: $0.kernel.name.description, reason: $0.reason, isByLayout: false) }
            + contents.leftOut.map { leftOut in
                let name = leftOut.kernel.name.description
                return .init(kernel: name, reason: "\(name): \(leftOut.reason)", isByLayout: true)
            }
    }

    /// The contents of the manifest.
    func manifest(of contents: BundleContents) throws -> [UInt8] {
        var numbers: [KernelSolution: Int] = [:]
        var solutions: [BundleManifest.Solution] = []
        var kernels: [BundleManifest.KernelEntry] = []
        for entry in contents.entries {
            guard let index = indexes[entry.kernel.name],
                case .solution(let solution) = try solver.answer(for: planned[index])
            else { continue }
            let number = numbers[solution] ?? solutions.count
            if number == solutions.count {
                numbers[solution] = number
                solutions.append(try describe(solution, of: planned[index]))
            }
            kernels.append(
                BundleManifest.KernelEntry(
                    name: entry.kernel.name.description,
                    buildID: entry.kernel.buildID?.description,
                    sourceBTF: planned[index].btf.description,
                    solution: number,
                    archive: entry.archive,
                    paths: entry.paths,
                    modules: try sources(of: solution, planned[index], entry)
                )
            )
        }
        let manifest = BundleManifest(
            layout: request.layout.rawValue,
            modules: request.modules.rawValue,
            objects: request.requests.objects.map(BundleManifest.Object.init),
            solutions: solutions,
            kernels: kernels,
            leftOut: leftOut(besides: contents).map { .init(kernel: $0.kernel, reason: $0.reason) }
        )
        return try manifest.json()
    }

    private func describe(_ solution: KernelSolution, of kernel: PlannedKernel) throws -> BundleManifest.Solution {
        let btf = try solver.btf(of: kernel)
        let sizes = Dictionary(btf?.modules.map { ($0.name, $0.bytes.count) } ?? []) { first, _ in first }
        return BundleManifest.Solution(
            btf: solution.btf ?? "",
            size: btf?.bytes.count ?? 0,
            unresolved: BundleManifest.Unresolved.all(of: solution, relocations),
            modules: solution.modules.isEmpty
                ? nil : solution.modules.map { .init(name: $0.name, btf: $0.btf, size: sizes[$0.name]) }
        )
    }

    private func sources(
        of solution: KernelSolution,
        _ kernel: PlannedKernel,
        _ entry: BundleContents.Entry
    ) throws -> [BundleManifest.SourceModule]? {
        guard !solution.modules.isEmpty else { return nil }
        let digests = Dictionary(try solver.modules(of: kernel).map { ($0.name, $0.btf.digest) }) { first, _ in first }
        return solution.modules.compactMap { module in
            digests[module.name].map {
                .init(name: module.name, sourceBTF: $0.description, paths: entry.modules[module.name])
            }
        }
    }
}
