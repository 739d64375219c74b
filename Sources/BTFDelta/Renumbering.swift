/// What knows which type and which string of one BTF is which of another.
protocol Renumbering {
    /// The other's id of one of the ids, or `Correspondence.none`.
    func type(_ id: UInt32) -> UInt32
    /// The other's rank of one of the ranks, or `Correspondence.none`.
    func rank(_ rank: UInt32) -> UInt32
}

extension Renumbering {
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
        return missing != Correspondence.none
    }
}

/// Leaves ids and ranks as they are, but for those that are too high.
struct ReferenceLimits: Renumbering {
    let endID: UInt32
    let endRank: UInt32

    @inline(__always)
    func type(_ id: UInt32) -> UInt32 { id < endID ? id : Correspondence.none }

    @inline(__always)
    func rank(_ rank: UInt32) -> UInt32 { rank < endRank ? rank : Correspondence.none }
}
