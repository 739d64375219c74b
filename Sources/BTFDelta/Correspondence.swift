/// Which type and which string of one BTF is which of another.
public struct Correspondence: Sendable {
    /// The other's id for each id, or `none`.
    var types: [UInt32]
    /// The other's rank for each rank, or `none`.
    var ranks: [UInt32]

    /// Stands for a type or string that the other BTF does not have.
    static let none = UInt32.max

    /// A record with its names and references as the other BTF numbers them.
    func translate(_ record: ArraySlice<UInt32>) -> [UInt32] {
        var words = Array(record)
        _ = translate(at: 0, in: &words)
        return words
    }

    /// Renumbers the names and references of the record that starts at a place.
    ///
    /// - Returns: whether the other BTF has them all.
    @inline(__always)
    func translate(at start: Int, in words: inout [UInt32]) -> Bool {
        let info = words[start + 1]
        let kind = info >> 24 & 31
        var missing: UInt32 = 0
        func name(_ at: Int) {
            words[at] = rank(words[at])
            missing = max(missing, words[at])
        }
        func reference(_ at: Int) {
            words[at] = type(words[at])
            missing = max(missing, words[at])
        }
        name(start)
        if RecordShape.refersThroughHeader(kind: kind) { reference(start + 2) }
        var at = start + 3
        // Written out by kind: nearly all the time that a delta takes to apply is spent here.
        switch kind {
        case 4, 5:
            for _ in 0..<(info & 0xffff) {
                name(at)
                reference(at + 1)
                at += 3
            }
        case 13:
            for _ in 0..<(info & 0xffff) {
                name(at)
                reference(at + 1)
                at += 2
            }
        case 6, 19:
            let stride = kind == 6 ? 2 : 3
            for _ in 0..<(info & 0xffff) {
                name(at)
                at += stride
            }
        case 15:
            for _ in 0..<(info & 0xffff) {
                reference(at)
                at += 3
            }
        case 3:
            reference(at)
            reference(at + 1)
        default: break
        }
        return missing != Self.none
    }

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
