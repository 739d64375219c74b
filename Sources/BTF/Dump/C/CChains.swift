/// What lies at the end of each chain of pointers, arrays and qualifiers.
struct CChains {
    private var ends: [UInt32]
    private var completeness: [Completeness]

    /// Whether a chain's end must be complete where the chain is used.
    private enum Completeness: UInt8 { case unknown, asUsed, never, always }

    /// Follows the chains of a BTF and its base.
    init(of btf: BTF) {
        let count = Int(btf.endID.rawValue)
        ends = [UInt32](repeating: 0, count: count)
        completeness = [Completeness](repeating: .unknown, count: count)
        var chain: [(index: Int, own: Completeness)] = []
        for root in 0..<count where completeness[root] == .unknown {
            var index = root
            while completeness[index] == .unknown, let (next, own) = Self.link(TypeID(UInt32(index)), in: btf) {
                // Whoever comes back here, in a chain that has no end, finds void.
                completeness[index] = .asUsed
                chain.append((index, own))
                index = Int(next.rawValue)
            }
            if completeness[index] == .unknown {
                ends[index] = UInt32(index)
                completeness[index] = .asUsed
            }
            var (end, last) = (ends[index], completeness[index])
            while let (index, own) = chain.popLast() {
                if last == .asUsed { last = own }
                ends[index] = end
                completeness[index] = last
                end = ends[index]
            }
        }
    }

    /// The end of the chain that starts with a type, and whether it must be complete; nil when that is as for the
    /// chain itself.
    subscript(id: TypeID) -> (end: TypeID, isComplete: Bool?) {
        let index = Int(id.rawValue)
        let isComplete: Bool? =
            switch completeness[index] {
            case .never: false
            case .always: true
            default: nil
            }
        return (TypeID(ends[index]), isComplete)
    }

    private static func link(_ id: TypeID, in btf: BTF) -> (next: TypeID, own: Completeness)? {
        let header = btf.header(of: id)
        switch header.kind {
        case .pointer: return (header.type, .never)
        case .const, .volatile, .restrict, .typeTag: return (header.type, .asUsed)
        case .array: return btf.arrayParts(of: id).map { ($0.element, .always) }
        default: return nil
        }
    }
}
