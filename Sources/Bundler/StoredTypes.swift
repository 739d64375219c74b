internal import BTF
internal import HubStore
internal import Minimizer

/// Reads the types of a store's kernels: vmlinux's, and those of the modules that programs may come to.
struct StoredTypes: Sendable {
    let store: HubStore
    let solver: RelocationSolver
    let modules: ModuleUse

    /// The types of a kernel, or why they cannot be read.
    enum Result {
        case types(KernelTypes)
        case unreadable(String)
    }

    /// Reads a kernel's types.
    ///
    /// Modules are read one after another; those that no relocation can come to are dropped at once.
    ///
    /// - Throws: `StoreError` when the store as a whole cannot be read.
    func types(of kernel: PlannedKernel) throws -> Result {
        do {
            guard let bytes = try store.btf(digest: kernel.btf) else {
                return .unreadable("\(kernel.name): the store does not hold its BTF")
            }
            let vmlinux = try BTF(parsing: bytes)
            var concerned: [KernelTypes.Module] = []
            for module in try kernel.modules(in: store) {
                let types = try BTF(parsing: store.btf(of: module), base: vmlinux)
                guard solver.concerns(types) else { continue }
                concerned.append(KernelTypes.Module(name: module.name, types: types))
            }
            return .types(KernelTypes(vmlinux: vmlinux, modules: concerned).using(modules))
        } catch let error as BTFError {
            return .unreadable("\(kernel.name): \(error)")
        } catch let error as StoreError {
            guard case .damaged = error else { throw error }
            return .unreadable("\(kernel.name): \(error)")
        }
    }
}
