public import KernelIdentity

/// A kernel that a bundle is for.
public struct BundleKernel: Hashable, Sendable {
    /// What the kernel is called.
    public let name: KernelName
    /// The build-id of its image, where it has one.
    public let buildID: BuildID?

    /// Describes a kernel.
    ///
    /// - Parameters:
    ///   - name: what the kernel is called.
    ///   - buildID: the build-id of its image.
    public init(name: KernelName, buildID: BuildID? = nil) {
        self.name = name
        self.buildID = buildID
    }
}

/// The minimised BTF of a kernel, as a bundle stores it.
public struct BundleBTF: Hashable, Sendable {
    /// The SHA-256 of the bytes, in hexadecimal: BTF of equal digests is stored once.
    public let digest: String
    /// The BTF as a file holds it.
    public let bytes: [UInt8]
    /// The split BTF of modules over it, where a layout holds such files.
    public let modules: [Module]

    /// A module's minimised split BTF.
    public struct Module: Hashable, Sendable {
        /// The module's name.
        public let name: String
        /// The SHA-256 of the bytes, in hexadecimal.
        public let digest: String
        /// The split BTF as a file holds it.
        public let bytes: [UInt8]

        /// Names some bytes.
        ///
        /// - Parameters:
        ///   - name: the module's name.
        ///   - digest: the bytes' SHA-256, in hexadecimal.
        ///   - bytes: the split BTF as a file holds it.
        public init(name: String, digest: String, bytes: [UInt8]) {
            self.name = name
            self.digest = digest
            self.bytes = bytes
        }
    }

    /// Names some bytes.
    ///
    /// - Parameters:
    ///   - digest: their SHA-256, in hexadecimal.
    ///   - bytes: the BTF as a file holds it.
    ///   - modules: the split BTF of modules over it.
    public init(digest: String, bytes: [UInt8], modules: [Module] = []) {
        self.digest = digest
        self.bytes = bytes
        self.modules = modules
    }
}

/// What a bundle holds.
public struct BundleContents: Hashable, Sendable {
    /// A kernel in the bundle.
    public struct Entry: Hashable, Sendable {
        /// The kernel.
        public let kernel: BundleKernel
        /// The file of the bundle that holds it, where there are several.
        public let archive: String?
        /// The names of its BTF there, the main one first.
        public let paths: [String]
        /// The digest of its BTF.
        public let digest: String
        /// The names of its modules' split BTF there, by module, the main one first.
        public let modules: [String: [String]]
    }

    /// A kernel that is not in the bundle.
    public struct LeftOut: Hashable, Sendable {
        /// The kernel.
        public let kernel: BundleKernel
        /// Why, as a sentence without its end.
        public let reason: String
    }

    /// The kernels in the bundle, in its order.
    public var entries: [Entry] = []
    /// The kernels that have no place in the layout.
    public var leftOut: [LeftOut] = []
    /// The size of all different BTF in the bundle before compression, in bytes.
    public var size = 0
    /// How many different BTF there are.
    public var btfCount = 0

    /// Makes contents of nothing.
    public init() {}
}
