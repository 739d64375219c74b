internal import HubStore
internal import KernelIdentity
internal import Minimizer

/// A kernel of the store, as far as a plan has to remember it.
struct PlannedKernel: Hashable, Sendable {
    let name: KernelName
    let buildID: BuildID?
    /// The digest of its BTF.
    let btf: ContentDigest
    /// What tells its types from other kernels': the digest of its BTF, or of all that its modules say too.
    let types: ContentDigest
    /// The modules that programs may come to, of those that are asked for.
    let modules: ModuleSearch.Result
    /// The kernel, where any of its modules may be such.
    private let searched: Kernel?

    /// Remembers a kernel.
    ///
    /// - Parameters:
    ///   - kernel: the kernel.
    ///   - store: a snapshot of the store that holds it.
    ///   - use: what is asked of its modules.
    ///   - search: finds the modules that programs may come to.
    /// - Throws: `StoreError` when the store cannot be read, or the row of a module is damaged.
    private init(_ kernel: Kernel, of store: HubStore, _ use: ModuleUse, _ search: inout ModuleSearch) throws {
        name = kernel.name
        buildID = kernel.buildID
        btf = kernel.btf.digest
        modules = use == .none ? .noModules : try search.modules(of: kernel, in: store)
        searched = modules == .any ? kernel : nil
        let modules = try Self.modules(modules, of: searched, in: store)
        guard !modules.isEmpty else {
            types = btf
            return
        }
        var text = "modules \(use.rawValue)\n\(btf)\n"
        for module in modules { text += "\(module.btf.digest) \(module.name)\n" }
        types = ContentDigest(of: text.utf8)
    }

    /// Whether programs come to none of its modules.
    var isReadAlone: Bool { modules == .noModules || modules == .these([]) }

    /// The modules that programs may come to.
    ///
    /// - Parameter store: the store that holds the kernel.
    /// - Returns: the modules, in the order of their names.
    /// - Throws: `StoreError` when the store cannot be read, or the row of a module is damaged.
    func modules(in store: HubStore) throws(StoreError) -> [Module] {
        try Self.modules(modules, of: searched, in: store)
    }

    private static func modules(
        _ found: ModuleSearch.Result,
        of kernel: Kernel?,
        in store: HubStore
    ) throws(StoreError) -> [Module] {
        switch found {
        case .noModules: []
        case .these(let modules): modules
        case .any: try kernel.map { kernel throws(StoreError) in try store.modules(of: kernel) } ?? []
        }
    }

    /// Remembers the kernels of a store that match.
    ///
    /// - Parameters:
    ///   - filter: which kernels.
    ///   - store: a snapshot of the store.
    ///   - use: what is asked of their modules.
    ///   - solver: knows which types programs ask for.
    ///   - body: takes each, in the order of their names.
    /// - Returns: the rows of kernels and modules that do not match their seals; such kernels are passed over.
    /// - Throws: `StoreError` when the store cannot be read, and what `body` throws.
    static func forEach(
        matching filter: KernelFilter,
        of store: HubStore,
        _ use: ModuleUse,
        by solver: RelocationSolver,
        _ body: (PlannedKernel) throws -> Void
    ) throws -> [StoreError] {
        var damaged: [StoreError] = []
        var search = ModuleSearch(forTypesNamed: solver.essentialNames, ofKinds: solver.rootKinds)
        let rows = try store.forEachKernel(matching: filter) { kernel in
            do {
                try body(PlannedKernel(kernel, of: store, use, &search))
            } catch let error as StoreError {
                guard case .damaged = error else { throw error }
                damaged.append(error)
            }
        }
        return rows + damaged
    }

    /// The kernel as a bundle knows it.
    var forBundle: BundleKernel { BundleKernel(name: name, buildID: buildID) }
}
