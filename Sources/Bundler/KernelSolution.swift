public import Minimizer

/// What some programs come to on a kernel, and on every other kernel on which what they touch is the same.
///
/// It says which relocations do not resolve, and names the minimised BTF; all else about a relocation is in the
/// requests. `RelocationSolver` gives the whole log of a kernel.
public struct KernelSolution: Codable, Hashable, Sendable {
    /// A relocation that does not resolve.
    public struct Unresolved: Codable, Hashable, Sendable {
        /// Which one, by its place among all relocations of the request log.
        public let index: Int
        /// How a loader decides.
        public let outcome: RelocationRecord.Outcome
        /// Why, where the log says so.
        public let reason: String?
    }

    /// The relocations that do not resolve, in the order of the requests.
    public let unresolved: [Unresolved]
    /// The SHA-256 of the minimised BTF in hexadecimal; nil where none can be made.
    public let btf: String?
    /// Why no minimised BTF can be made; nil where one is.
    public let failure: String?

    init(_ log: RelocationLog, btf: String?, failure: String?) {
        unresolved = log.records.enumerated().compactMap { index, record in
            record.outcome == .resolved
                ? nil : Unresolved(index: index, outcome: record.outcome, reason: record.reason)
        }
        self.btf = btf
        self.failure = failure
    }
}

extension RelocationRecord.Outcome: Codable {}
