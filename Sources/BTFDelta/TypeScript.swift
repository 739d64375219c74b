/// What a delta says of whole types: which of the base's come out unchanged, and where.
///
/// It is read without the base and without decoding what the delta adds.
public struct TypeScript: Sendable {
    let runs: [TypeRun]
    let baseCount: Int
    let targetCount: Int
    /// The runs that come from the base, in its order, with where each begins in the target.
    private let bySource: [(run: TypeRun, place: Int)]
    /// Where each run begins in the target.
    let places: [Int]

    /// Reads the script out of a delta between kernels' BTFs.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes.
    ///   - limit: the most bytes that the delta's result may have.
    /// - Throws: `DeltaError` when the bytes are no delta.
    public init(_ delta: [UInt8], limit: Int = Delta.sizeLimit) throws(DeltaError) {
        var input = ByteReader(delta)
        let header = try DeltaHeader(&input, limit: limit)
        let scripts: Set = [Column.typeScript.rawValue, Column.typeSource.rawValue]
        let columns = try ColumnPack.unpack(&input, count: Column.allCases.count, limit: 4 * limit, only: scripts)
        var reader = SymbolReader(columns: columns)
        try self.init(&reader, header)
    }

    /// Reads the script out of a delta's columns.
    ///
    /// - Throws: `DeltaError` when it is malformed, or takes a type twice.
    init(_ reader: inout SymbolReader, _ header: DeltaHeader) throws(DeltaError) {
        let runs = try Delta.readRuns(&reader, baseCount: header.baseTypeCount, typeCount: header.typeCount)
        var places: [Int] = []
        // One number for each run that is taken over: that sorts far faster than records.
        var order: [UInt64] = []
        var place = 0
        for (index, run) in runs.enumerated() {
            places.append(place)
            place += run.count
            if run.operation != .fresh { order.append(UInt64(run.source) << 32 | UInt64(index)) }
        }
        order.sort()
        self.runs = runs
        self.places = places
        baseCount = header.baseTypeCount
        targetCount = header.typeCount
        bySource = order.map { number in
            let index = Int(number & 0xffff_ffff)
            return (run: runs[index], place: places[index])
        }
        for (one, two) in zip(bySource, bySource.dropFirst()) where one.run.source + one.run.count > two.run.source {
            throw DeltaError("its script of types takes a type twice")
        }
    }

    /// Where one of the base's types, by its index, stands in the target; nil when it is not there.
    func target(of source: Int) -> (index: Int, isCopy: Bool)? {
        if source == baseCount { return (targetCount, true) }
        guard let (run, place) = piece(with: source) else { return nil }
        return (place + source - run.source, run.operation == .copy)
    }

    /// Where some of the base's types stand in the target, when they and their neighbours on both sides are copied as
    /// they stand; else nil.
    func target(of sources: Range<Int>) -> Range<Int>? {
        guard sources.lowerBound > 0, let (run, place) = piece(with: sources.lowerBound - 1), run.operation == .copy,
            sources.upperBound < run.source + run.count
        else { return nil }
        return place + sources.lowerBound - run.source..<place + sources.upperBound - run.source
    }

    /// The run that takes one of the base's types, by its index, and where the run begins in the target.
    private func piece(with source: Int) -> (run: TypeRun, place: Int)? {
        var (low, high) = (0, bySource.count)
        while low < high {
            let middle = (low + high) / 2
            if bySource[middle].run.source <= source { low = middle + 1 } else { high = middle }
        }
        guard low > 0, source < bySource[low - 1].run.source + bySource[low - 1].run.count else { return nil }
        return bySource[low - 1]
    }

    /// Where one of the target's types, by its index, stands in the base; nil when it is not there.
    func source(of target: Int) -> (index: Int, isCopy: Bool)? {
        if target == targetCount { return (baseCount, true) }
        guard let number = runNumber(at: target), runs[number].operation != .fresh else { return nil }
        let run = runs[number]
        return (run.source + target - places[number], run.operation == .copy)
    }

    /// The number of the run that one of the target's types is in, by its index; nil when there is no such type.
    func runNumber(at target: Int) -> Int? {
        guard target < targetCount else { return nil }
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] <= target { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
