import ArgumentParser
import BTF
import CommandSupport
import HubStore
import KernelIdentity
import Minimizer

/// One kernel's types, from a file or from the archive.
struct KernelChoice: ParsableArguments {
    @Option(help: ArgumentHelp("The kernel's BTF, a file.", valueName: "file")) var btf: String?
    @Option(help: ArgumentHelp("The BTF of a module over --btf; may be repeated.", valueName: "file"))
    var module: [String] = []
    @Option(help: ArgumentHelp("A kernel of the archive, by name or build-id.", valueName: "kernel")) var kernel:
        String?
    @OptionGroup var store: StoreOptions

    func validate() throws {
        if btf != nil, kernel != nil { throw ValidationError("give --btf or --kernel, not both") }
        if !module.isEmpty, btf == nil { throw ValidationError("--module goes with --btf") }
    }

    /// The types, or nil when no kernel was named.
    func types() throws -> KernelTypes? { try namedTypes()?.types }

    /// The types, and the kernel's name where it is one of the archive's; nil when no kernel was named.
    func namedTypes() throws -> (types: KernelTypes, name: KernelName?)? {
        if let btf {
            return (try readKernel(btf, modules: module), nil)
        }
        guard let kernel else { return nil }
        let archive = try store.open(.readOnly)
        let found = try archive.requireKernel(kernel)
        return (try archive.types(of: found), found.name)
    }
}
