public import KernelIdentity

/// What a store holds and what that costs.
public struct StoreStatistics: Hashable, Sendable {
    /// What the store holds of one distribution's version for one architecture.
    public struct Series: Hashable, Sendable {
        /// The distribution.
        public let distribution: String
        /// The distribution's version.
        public let version: String
        /// The architecture.
        public let architecture: Architecture
        /// The number of kernels, builds that were superseded not counted.
        public let kernels: Int
        /// The bytes of these kernels' BTF in canonical form, that of modules not counted.
        public let canonicalBytes: Int
        /// The bytes of the same as they are stored; what kernels share counts for each.
        ///
        /// A series whose kernels build on those of another one costs what it adds to them.
        public let encodedBytes: Int
    }

    /// Each series that has kernels, in order.
    public let series: [Series]
    /// The number of builds whose name another build has taken over.
    public let supersededBuilds: Int
    /// The number of modules over all kernels.
    public let modules: Int
    /// The number of different BTFs; a module's that is the same in kernels of different BTF may count for each.
    public let distinctBTF: Int
    /// The bytes of the different BTFs in canonical form.
    public let canonicalBytes: Int
    /// The bytes of the different BTFs as they are stored.
    public let encodedBytes: Int
    /// The bytes of the store's file, without the log beside it.
    public let fileBytes: Int
    /// The number of packages of which a kernel is stored.
    public let packagesStored: Int
    /// The number of packages that hold no image.
    public let packagesWithoutImage: Int
    /// The number of packages that failed.
    public let packagesFailed: Int

    /// The number of kernels, builds that were superseded not counted.
    public var kernels: Int { series.reduce(0) { $0 + $1.kernels } }
}
