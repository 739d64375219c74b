/// Why a loader gives up on an object rather than deciding about a relocation: libbpf's negative results.
struct Refusal: Error, Hashable {
    /// What is wrong, as a clause.
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
