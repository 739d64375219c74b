public import KernelIdentity

/// A kernel that is to be stored.
public struct NewKernel: Sendable {
    /// The kernel's name.
    public let name: KernelName
    /// The build-id of the kernel's image, where it has one.
    public let buildID: BuildID?
    /// The canonical bytes of the kernel's BTF.
    public let btf: [UInt8]
    /// Its modules; no two of the same name.
    public let modules: [NewModule]
    /// Whether the modules stay that the store has of the same build with the same BTF: nobody has looked for modules.
    public let keepsStoredModules: Bool

    /// Describes a kernel.
    ///
    /// - Parameters:
    ///   - name: the kernel's name.
    ///   - buildID: the build-id of its image, where it has one.
    ///   - btf: the canonical bytes of its BTF.
    ///   - modules: its modules; of two with the same name the later one is taken.
    ///   - keepsStoredModules: whether the modules stay that the store has of the same build with the same BTF.
    public init(
        name: KernelName,
        buildID: BuildID?,
        btf: [UInt8],
        modules: [NewModule] = [],
        keepsStoredModules: Bool = false
    ) {
        self.keepsStoredModules = keepsStoredModules
        self.name = name
        self.buildID = buildID
        self.btf = btf
        self.modules = Array(Dictionary(modules.map { ($0.name, $0) }) { $1 }.values).sorted {
            // As SQLite orders them.
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
    }
}

/// A module that is to be stored with its kernel.
public struct NewModule: Sendable {
    /// The module's name, such as `ext4`.
    public let name: String
    /// The build-id of the module, where it has one.
    public let buildID: BuildID?
    /// The canonical bytes of the module's split BTF, whose base is the kernel's BTF.
    public let btf: [UInt8]

    /// Describes a module.
    ///
    /// - Parameters:
    ///   - name: the module's name.
    ///   - buildID: its build-id, where it has one.
    ///   - btf: the canonical bytes of its split BTF.
    public init(name: String, buildID: BuildID?, btf: [UInt8]) {
        self.name = name
        self.buildID = buildID
        self.btf = btf
    }
}

/// What became of a kernel that was to be stored.
public enum Addition: Hashable, Sendable {
    /// The store did not know the name; it does now.
    case stored
    /// The name stood for other BTF or another build; it stands for the new one now.
    ///
    /// An earlier build with a build-id of its own stays in the store and can be found by that.
    case replaced
    /// The store held just this; only the ledger has changed.
    case unchanged
}
