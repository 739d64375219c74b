extension BTF {
    /// The sizes of a BTF's types, found once for all the BTF that is split over it.
    public struct Layout: Sendable {
        let sizes: TypeSizes
        let endID: TypeID

        /// Finds the sizes.
        ///
        /// - Parameter btf: the base.
        public init(of btf: BTF) {
            sizes = TypeSizes(of: btf, in: ContainmentOrder(of: btf))
            endID = btf.endID
        }
    }
}
