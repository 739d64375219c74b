/// Which type and which string of one BTF is which of another.
public struct Correspondence: Sendable, Renumbering {
    /// The other's id for each id, or `none`.
    var types: [UInt32]
    /// The other's rank for each rank, or `none`.
    var ranks: [UInt32]

    /// Stands for a type or string that the other BTF does not have.
    static let none = UInt32.max

    @inline(__always)
    func rank(_ rank: UInt32) -> UInt32 { rank < ranks.count ? ranks[Int(rank)] : Self.none }

    @inline(__always)
    func type(_ id: UInt32) -> UInt32 { id < types.count ? types[Int(id)] : Self.none }
}

extension Correspondence {
    /// Of two BTFs that stand alone: void is void.
    public static let empty = Correspondence(types: [0], ranks: [])

    /// Of a BTF with itself.
    ///
    /// - Parameter table: the BTF.
    public init(identityOf table: TypeTable) {
        types = Array(0..<table.endID)
        ranks = Array(0..<table.endRank)
    }

    /// Makes room for a base's own types and strings.
    func opened(for base: TypeTable) -> Correspondence {
        var opened = self
        opened.types += [UInt32](repeating: Self.none, count: max(0, Int(base.endID) - types.count))
        opened.ranks += [UInt32](repeating: Self.none, count: max(0, Int(base.endRank) - ranks.count))
        return opened
    }
}
