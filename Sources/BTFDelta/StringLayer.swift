/// The strings of a delta's result: which are the base's, and those that it does not have.
struct StringLayer: Sendable {
    /// Strings that are taken over one behind the other.
    struct Run {
        /// The first one's index in the base and in the result.
        let base, place: UInt32
        let count: UInt32
        /// Where the first one's bytes start in the base's own strings and in the result's.
        let baseOffset, offset: UInt32
    }

    /// The runs in the order of both.
    let runs: [Run]
    /// The number of strings, and of the base's.
    let count: UInt32
    let baseCount: Int
    /// The bytes of the inserted strings, with their terminators.
    let inserted: [UInt8]
    /// Where each inserted string starts in `inserted`, and at last where they end.
    let insertedStarts: [UInt32]
    /// The number of inserted strings before each run, and before the end.
    let insertedBefore: [UInt32]

    /// Reads the script of strings.
    ///
    /// - Throws: `DeltaError` when it is malformed.
    init(
        _ reader: inout SymbolReader,
        _ header: DeltaHeader,
        on base: TypeLayers,
        _ lookup: inout BaseLookup
    ) throws(DeltaError) {
        var maker = Maker(header: header, base: base)
        while maker.done < header.stringCount {
            let skip = Int(reader.code(0, .stringScript))
            let insert = Int(reader.code(0, .stringScript))
            let take = Int(reader.code(0, .stringScript))
            guard skip <= header.baseStringCount - maker.source, take <= header.baseStringCount - maker.source - skip,
                insert + take <= header.stringCount - maker.done, insert + take > 0
            else { throw DeltaError("its script of strings is malformed") }
            for _ in 0..<insert { try maker.insert(&reader) }
            maker.source += skip
            if take > 0 { try maker.take(take, &lookup) }
        }
        guard maker.offset == header.stringBytes else {
            throw DeltaError("its strings are of another length than stated")
        }
        runs = maker.runs
        count = UInt32(header.stringCount)
        baseCount = header.baseStringCount
        inserted = maker.inserted
        insertedBefore = maker.insertedBefore + [UInt32(maker.insertedStarts.count)]
        insertedStarts = maker.insertedStarts + [UInt32(maker.inserted.count)]
    }

    private struct Maker {
        let header: DeltaHeader
        let base: TypeLayers
        var runs: [Run] = []
        var inserted: [UInt8] = []
        var insertedStarts: [UInt32] = []
        var insertedBefore: [UInt32] = []
        /// How many strings there are so far, of how many of the base's that is, and where the next one's bytes start.
        var (done, source, offset) = (0, 0, 0)
        /// The base's string that was taken over last, where no other was inserted since.
        private var lastTaken: ArraySlice<UInt8>?

        init(header: DeltaHeader, base: TypeLayers) {
            self.header = header
            self.base = base
        }

        mutating func insert(_ reader: inout SymbolReader) throws(DeltaError) {
            let start = inserted.count
            let shared = Int(reader.code(0, .stringPrefix))
            let before = lastTaken?.count ?? insertedStarts.last.map { start - Int($0) } ?? 0
            guard shared == 0 || shared < before, let suffix = reader.string(),
                offset + shared + suffix.count <= header.stringBytes
            else { throw DeltaError("a string in it is malformed") }
            if let lastTaken {
                inserted += lastTaken.prefix(shared)
            } else if let last = insertedStarts.last.map(Int.init) {
                // A slice of itself would make the array copy itself whole.
                for index in last..<last + shared { inserted.append(inserted[index]) }
            }
            insertedStarts.append(UInt32(start))
            inserted += suffix
            offset += shared + suffix.count
            done += 1
            lastTaken = nil
        }

        mutating func take(_ count: Int, _ lookup: inout BaseLookup) throws(DeltaError) {
            let (from, to) = (lookup.stringOffset(source), lookup.stringOffset(source + count))
            guard offset + to - from <= header.stringBytes else { throw DeltaError("its strings are too long") }
            let run = Run(
                base: UInt32(source),
                place: UInt32(done),
                count: UInt32(count),
                baseOffset: UInt32(from),
                offset: UInt32(offset)
            )
            runs.append(run)
            insertedBefore.append(UInt32(insertedStarts.count))
            offset += to - from
            source += count
            done += count
            lastTaken = base.string(source - 1)
        }
    }
}

// MARK: - Looking up

extension StringLayer {
    /// The index in the result of one of the base's strings; nil when it is not there.
    func target(of base: UInt32) -> UInt32? {
        let next = runs.partitionPoint { $0.base > base }
        guard next > 0 else { return nil }
        let run = runs[next - 1]
        return base - run.base < run.count ? run.place + (base - run.base) : nil
    }

    /// Where one of the result's strings comes from.
    enum Origin {
        /// One of the base's own strings, by its index.
        case base(Int)
        /// An inserted string, by its index.
        case inserted(Int)
    }

    /// Where one of the result's strings, by its index, comes from.
    func origin(of index: UInt32) -> Origin {
        let next = runs.partitionPoint { $0.place > index }
        if next > 0, index - runs[next - 1].place < runs[next - 1].count {
            return .base(Int(runs[next - 1].base + (index - runs[next - 1].place)))
        }
        // Inserted strings stand directly before the next run.
        let end = next < runs.count ? runs[next].place : count
        return .inserted(Int(insertedBefore[next] - (end - index)))
    }

    /// Where the bytes of one of the result's strings start, or behind the last, where they end.
    ///
    /// - Parameters:
    ///   - index: the string, or the number of strings.
    ///   - baseOffset: the same for the base.
    /// - Returns: the offset in the own strings.
    func offset(of index: UInt32, _ baseOffset: (Int) -> Int) -> Int {
        let next = runs.partitionPoint { $0.place > index }
        guard next > 0 else { return Int(insertedStarts[Int(index)]) }
        let run = runs[next - 1]
        let taken = min(index - run.place, run.count)
        let end = Int(run.offset) + baseOffset(Int(run.base + taken)) - Int(run.baseOffset)
        let first = Int(insertedBefore[next - 1])
        return end + Int(insertedStarts[first + Int(index - run.place - taken)] - insertedStarts[first])
    }

    /// Where each inserted string starts, and at last where they end; and their bytes.
    var insertedText: (starts: [UInt32], bytes: [UInt8]) { (insertedStarts, inserted) }

    /// The bytes of an inserted string, with its terminator.
    func inserted(_ index: Int) -> ArraySlice<UInt8> {
        inserted[Int(insertedStarts[index])..<Int(insertedStarts[index + 1])]
    }
}

extension StringLayer {
    /// The index in the result of an inserted string.
    ///
    /// - Parameter string: the string with its terminator.
    /// - Returns: the index; nil when it is none of them.
    func index(ofInserted string: [UInt8]) -> UInt32? {
        let all = 0..<insertedStarts.count - 1
        let number = all.partitionPoint { StringScript.order(inserted($0), string[...]) >= 0 }
        guard number < all.count, inserted(number).elementsEqual(string) else { return nil }
        let next = insertedBefore.partitionPoint { $0 > number }
        let end = next < runs.count ? runs[next].place : count
        return end - (insertedBefore[next] - UInt32(number))
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index at which a condition holds that holds from there on; the end when it never does.
    func partitionPoint(_ condition: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
