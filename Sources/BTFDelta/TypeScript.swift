/// What a delta says of whole types: which of the base's come out unchanged, and where.
///
/// It is read without the base and without decoding what the delta adds, and is a small part of the delta's bytes.
public struct TypeScript: Hashable, Sendable {
    let runs: [TypeRun]
    let baseCount: Int
    let targetCount: Int
    /// Where each run begins in the target.
    let places: [Int]
    /// The same, to be searched.
    private let byPlace: AscendingNumbers
    /// The runs that come from the base, in its order, by their numbers, and where they begin there.
    private let inBaseOrder: [UInt32]
    private let bySource: AscendingNumbers

    init(runs: [TypeRun], baseCount: Int, targetCount: Int) {
        self.runs = runs
        self.baseCount = baseCount
        self.targetCount = targetCount
        var places: [Int] = []
        places.reserveCapacity(runs.count)
        var place = 0
        // One number for each: that sorts far faster than runs.
        var order: [UInt64] = []
        for (index, run) in runs.enumerated() {
            places.append(place)
            place += run.count
            if run.operation != .fresh { order.append(UInt64(run.source) << 32 | UInt64(index)) }
        }
        order.sort()
        self.places = places
        byPlace = AscendingNumbers(places.map { UInt32($0) })
        inBaseOrder = order.map { UInt32(truncatingIfNeeded: $0) }
        bySource = AscendingNumbers(order.map { UInt32($0 >> 32) })
    }

    /// Reads the script out of a delta.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes.
    ///   - limit: the most bytes that the delta's result may have.
    /// - Throws: `DeltaError` when the bytes are no delta.
    public init(of delta: [UInt8], limit: Int = Delta.sizeLimit) throws(DeltaError) {
        var input = ByteReader(delta)
        let header = try DeltaHeader(&input, limit: limit)
        let scripts: Set = [Column.typeScript.rawValue, Column.typeSource.rawValue]
        let columns = try ColumnPack.unpack(&input, count: Column.allCases.count, limit: 4 * limit, only: scripts)
        var reader = SymbolReader(columns: columns)
        self.init(
            runs: try Delta.readRuns(&reader, baseCount: header.baseTypeCount, typeCount: header.typeCount),
            baseCount: header.baseTypeCount,
            targetCount: header.typeCount
        )
    }

    /// Where one of the base's types, by its index, stands in the target; nil when it is not there.
    func target(of source: Int) -> (index: Int, isCopy: Bool)? {
        if source == baseCount { return (targetCount, true) }
        guard let number = runNumber(from: source) else { return nil }
        return (places[number] + source - runs[number].source, runs[number].operation == .copy)
    }

    /// Where some of the base's types stand in the target, when they and their neighbours on both sides are copied as
    /// they stand; else nil.
    func target(of sources: Range<Int>) -> Range<Int>? {
        guard sources.lowerBound > 0, let number = runNumber(from: sources.lowerBound - 1) else { return nil }
        let run = runs[number]
        guard run.operation == .copy, sources.upperBound < run.source + run.count else { return nil }
        let start = places[number] + sources.lowerBound - run.source
        return start..<start + sources.count
    }

    /// Where one of the target's types, by its index, stands in the base; nil when it is not there.
    func source(of target: Int) -> (index: Int, isCopy: Bool)? {
        if target == targetCount { return (baseCount, true) }
        guard (0..<targetCount).contains(target) else { return nil }
        let number = run(at: target)
        let run = runs[number]
        guard run.operation != .fresh else { return nil }
        return (run.source + target - places[number], run.operation == .copy)
    }

    /// The number of the run that gives one of the target's types, by its index.
    func run(at target: Int) -> Int { byPlace.last(notAbove: UInt32(target)) ?? 0 }

    /// The number of the run that takes one of the base's types, by its index; nil when none does.
    private func runNumber(from source: Int) -> Int? {
        guard let found = bySource.last(notAbove: UInt32(source)) else { return nil }
        let number = Int(inBaseOrder[found])
        return source < runs[number].source + runs[number].count ? number : nil
    }
}

// MARK: - On its own

extension TypeScript {
    /// The columns of a script that stands alone: they are those of a delta.
    private static let columns = [Column.typeScript, .typeSource]

    /// The script alone, in bytes: the number of the base's types and of the target's, then the delta's two columns of
    /// types, packed as a delta's are.
    public func bytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendNumber(UInt64(baseCount))
        bytes.appendNumber(UInt64(targetCount))
        var writer = SymbolWriter(words: [])
        Delta.write(runs, to: &writer)
        try ColumnPack.pack(Self.columns.map { writer.columns[$0.rawValue] }, into: &bytes)
        return bytes
    }

    /// Reads a script that stands alone.
    ///
    /// - Parameters:
    ///   - bytes: the script, of any content.
    ///   - limit: the most bytes that the base and the target may have, each type of which has twelve at least.
    /// - Throws: `DeltaError` when the bytes are none.
    public init(bytes: [UInt8], limit: Int = Delta.sizeLimit) throws(DeltaError) {
        var input = ByteReader(bytes)
        let baseCount = try input.number(below: limit / 12 + 1)
        let targetCount = try input.number(below: limit / 12 + 1)
        let packed = try ColumnPack.unpack(&input, count: Self.columns.count, limit: 10 * targetCount + 1)
        guard input.isAtEnd else { throw DeltaError("it goes on behind its end") }
        var columns = [[UInt8]](repeating: [], count: Column.allCases.count)
        for (column, bytes) in zip(Self.columns, packed) { columns[column.rawValue] = bytes }
        var reader = SymbolReader(columns: columns)
        let runs = try Delta.readRuns(&reader, baseCount: baseCount, typeCount: targetCount)
        guard !reader.isExhausted, reader.isFinished else { throw DeltaError("its script of types is malformed") }
        self.init(runs: runs, baseCount: baseCount, targetCount: targetCount)
    }
}
