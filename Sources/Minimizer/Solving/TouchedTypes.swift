public import BTF

/// All that a solution depends on of a kernel: on kernels on which these are the same, the solution is the same.
///
/// Two kernels agree when each of `essentialNames` is that of the same types (of any kind, in the same order of ids) on
/// both, and each of `types` says the same on both. What a type says includes what it refers to through types without a
/// name, up to the next types that have one, which count by kind and name.
public struct TouchedTypes: Hashable, Sendable {
    /// A type that has a name.
    public struct NamedType: Hashable, Sendable {
        /// What it is.
        public let kind: Kind
        /// Its whole name, its flavour included, as the format stores it.
        public let name: [UInt8]

        /// Names a type.
        ///
        /// - Parameters:
        ///   - kind: what it is.
        ///   - name: its whole name.
        public init(kind: Kind, name: [UInt8]) {
            self.kind = kind
            self.name = name
        }
    }

    /// The names that were looked up, whether a type had them or not.
    public private(set) var essentialNames: Set<[UInt8]>
    /// The named types that were read, or that lead to what was read through types without a name.
    public private(set) var types: Set<NamedType>

    /// Collects what was touched.
    ///
    /// - Parameters:
    ///   - essentialNames: the names that were looked up.
    ///   - types: the named types that were read.
    public init(essentialNames: Set<[UInt8]> = [], types: Set<NamedType> = []) {
        self.essentialNames = essentialNames
        self.types = types
    }

    /// Adds what else was touched.
    public mutating func formUnion(_ other: TouchedTypes) {
        essentialNames.formUnion(other.essentialNames)
        types.formUnion(other.types)
    }
}

extension TouchedTypes {
    /// Names the types of a kernel that were read. Those without a name were reached through one that was read too.
    init<Base>(essentialNames: [[UInt8]], readOf kernel: KernelTypeSources<RecordedSource<Base>>) {
        // The size of a pointer is that of a `long`.
        self.init(
            essentialNames: Set(essentialNames + BTF.namesOfLong),
            types: Set(BTF.namesOfLong.map { NamedType(kind: .int, name: $0) })
        )
        for source in [kernel.vmlinux] + kernel.modules.map(\.types) {
            for id in source.reads.ids {
                let header = source.base.header(of: id)
                guard !header.name.isEmpty, header.kind != .typeTag else { continue }
                types.insert(NamedType(kind: header.kind, name: Array(source.base.bytes(at: header.name))))
            }
        }
    }
}
