internal import KernelIdentity

/// Where a module's BTF is stored: a row of `btf`, and the deltas that lead on from it, each in another kernel's row of
/// `module_deltas`.
struct ModulePlace: Hashable, Sendable {
    /// One delta.
    struct Step: Hashable, Sendable {
        /// `kernels.id` of the kernel whose deltas it is among.
        let kernel: Int64
        /// Its number among them.
        let index: Int
    }

    /// `btf.id`.
    let row: Int64
    /// The deltas, the one upon the row first.
    var steps: [Step] = []

    /// What a delta leads to from here.
    func followed(by step: Step) -> ModulePlace { ModulePlace(row: row, steps: steps + [step]) }
}

/// A module of a kernel, wherever it is stored.
struct StoredModule {
    let name: String
    let buildID: BuildID?
    let btf: BTFReference
    let place: ModulePlace
}
