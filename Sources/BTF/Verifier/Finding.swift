extension BTF {
    /// A rule of the format that a BTF breaks.
    public struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// What a rule is about.
        public enum Rule: String, CaseIterable, Hashable, Sendable {
            /// More types or strings than the format has room for.
            case limits
            /// Names: those that must be there, must not, or are no identifiers.
            case names
            /// Bits of a record that must be zero.
            case reservedBits
            /// Sizes of integers, floats, enumerations and arrays.
            case sizes
            /// References to a kind of type that cannot stand there.
            case references
            /// Types that contain themselves.
            case cycles
            /// Members outside their struct or union, or out of order.
            case members
            /// Variables outside their section, out of order or overlapping.
            case sections
            /// Linkages of functions and variables.
            case linkage
        }

        /// The type that breaks the rule, or void when it is the whole.
        public let id: TypeID
        /// What the rule is about.
        public let rule: Rule
        /// What is wrong, as a clause.
        public let reason: String

        /// One sentence.
        public var description: String { id == .void ? reason : "type \(id): \(reason)" }
    }

    /// Checks all that the format demands beyond what parsing does: that the kernel and libbpf would take the BTF.
    ///
    /// The rules are those of `kernel/bpf/btf.c` and of libbpf's `btf_sanity_check`, save where compilers' BPF objects
    /// rely on libbpf to fill in: sections of size 0 and linkage extern are no findings. Only own types are looked at;
    /// check a base by itself.
    ///
    /// - Parameters:
    ///   - layout: that of the base, where it was found before; the base is not looked at again.
    ///   - limit: the most findings to return.
    /// - Returns: the findings, in the order of the types; none when all is well.
    public func verify(over layout: Layout? = nil, limit: Int = 100) -> [Finding] {
        if let layout { precondition(layout.endID == firstID, "the layout is another BTF's") }
        var verifier = Verifier(of: self, over: layout, limit: limit)
        verifier.run()
        return verifier.findings
    }
}
