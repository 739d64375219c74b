import BTF
import HubStore
import Minimizer

extension HubStore {
    /// A stored kernel's types, its modules' included.
    func types(of kernel: Kernel) throws -> KernelTypes {
        let base = try BTF(parsing: btf(of: kernel))
        let modules = try modules(of: kernel).map { module in
            KernelTypes.Module(name: module.name, types: try BTF(parsing: btf(of: module), base: base))
        }
        return KernelTypes(vmlinux: base, modules: modules)
    }
}
