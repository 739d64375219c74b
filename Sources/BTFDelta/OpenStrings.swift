/// The strings that a delta gives: its own, and where among the base's the others are.
struct OpenStrings {
    /// Strings that are taken over, in the order of both sides.
    private struct Take {
        /// The first one's rank in the base.
        let source: UInt32
        /// The first one's rank in the result.
        let place: UInt32
        let count: UInt32
        /// How many of the result's strings are taken over up to and with these.
        let total: UInt32
    }
    private var takes: [Take] = []
    private var bySource = AscendingNumbers([])
    private var byPlace = AscendingNumbers([])
    /// The delta's own strings with their terminators.
    private var bytes: [UInt8] = []
    /// Where each own string starts, and at last where they end.
    private var starts: [UInt32] = [0]

    /// Reads a delta's script of strings without taking any over.
    ///
    /// - Parameters:
    ///   - reader: the delta's columns.
    ///   - base: what the delta is against.
    ///   - header: the delta's header.
    /// - Throws: `DeltaError` when the script is malformed.
    init(_ reader: inout SymbolReader, over base: LayeredTypes, _ header: DeltaHeader) throws(DeltaError) {
        let count = header.stringCount
        var (done, source) = (0, 0)
        bytes.reserveCapacity(min(header.stringBytes, 16 * reader.count(of: .stringPrefix)))
        // What the next own string may begin like: the one before it, or what was taken over before it.
        var last: [UInt8] = []
        while done < count {
            let skip = Int(reader.code(0, .stringScript))
            let insert = Int(reader.code(0, .stringScript))
            let take = Int(reader.code(0, .stringScript))
            guard skip <= base.stringCount - source, take <= base.stringCount - source - skip,
                insert + take <= count - done, insert + take > 0
            else { throw DeltaError("its script of strings is malformed") }
            if insert > 0, let before = takes.last, Int(before.place + before.count) == done {
                last = Array(base.string(ofRank: before.source + before.count - 1))
            }
            for _ in 0..<insert {
                let shared = Int(reader.code(0, .stringPrefix))
                guard shared <= last.count, let suffix = reader.string(),
                    bytes.count + shared + suffix.count <= header.stringBytes
                else { throw DeltaError("a string in it is malformed") }
                last.removeLast(last.count - shared)
                last += suffix
                bytes += last
                starts.append(UInt32(bytes.count))
            }
            source += skip
            done += insert
            if take > 0 {
                let total = (takes.last?.total ?? 0) + UInt32(take)
                takes.append(
                    Take(source: UInt32(source), place: UInt32(done), count: UInt32(take), total: total)
                )
                source += take
                done += take
            }
        }
        bySource = AscendingNumbers(takes.map(\.source))
        byPlace = AscendingNumbers(takes.map(\.place))
    }

    /// The rank in the result of one of the base's strings; nil when it is not taken over.
    func target(of source: UInt32) -> UInt32? {
        guard let take = bySource.last(notAbove: source).map({ takes[$0] }), source - take.source < take.count else {
            return nil
        }
        return take.place + source - take.source
    }

    /// Writes down the rank in the result of each of the base's strings that is taken over.
    func number(_ ranks: inout [UInt32]) {
        for take in takes {
            for offset in 0..<take.count { ranks[Int(take.source + offset)] = take.place + offset }
        }
    }

    /// The rank of one of the delta's own strings.
    ///
    /// - Parameter string: the string with its terminator.
    /// - Returns: the rank; nil when it is none of them.
    func rank(ofOwn string: [UInt8]) -> UInt32? {
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            let own = bytes[Int(starts[middle])..<Int(starts[middle + 1])]
            if StringScript.order(own, string[...]) < 0 { low = middle + 1 } else { high = middle }
        }
        guard low < starts.count - 1,
            StringScript.order(bytes[Int(starts[low])..<Int(starts[low + 1])], string[...]) == 0
        else { return nil }
        // So many own ones stand before it, and all that are taken over before it besides.
        var (first, end) = (0, takes.count)
        while first < end {
            let middle = (first + end) / 2
            let before = takes[middle]
            if Int(before.place - (before.total - before.count)) <= low { first = middle + 1 } else { end = middle }
        }
        return UInt32(low) + (first > 0 ? takes[first - 1].total : 0)
    }

    /// Where one of the result's strings is.
    enum Place {
        /// It is the delta's own, with these bytes and its terminator.
        case own(ArraySlice<UInt8>)
        /// It is the base's of this rank.
        case base(UInt32)
    }

    /// Where a string of the result is.
    ///
    /// - Parameter rank: its rank, below the header's number of strings.
    /// - Returns: the string, or its rank in the base.
    func place(of rank: UInt32) -> Place {
        let take = byPlace.last(notAbove: rank).map { takes[$0] }
        if let take, rank - take.place < take.count { return .base(take.source + rank - take.place) }
        let index = Int(rank - (take?.total ?? 0))
        return .own(bytes[Int(starts[index])..<Int(starts[index + 1])])
    }
}
