/// What a delta says of whole types: which of the base's come out unchanged, and where.
///
/// It is read without the base and without decoding what the delta adds, and is a small part of the delta's bytes.
public struct TypeScript: Hashable, Sendable {
    let runs: [TypeRun]
    let baseCount: Int
    let targetCount: Int
    /// Where each run begins in the target.
    let places: [Int]
    /// The runs that come from the base, in its order.
    private let bySource: [Int]

    init(runs: [TypeRun], baseCount: Int, targetCount: Int) {
        self.runs = runs
        self.baseCount = baseCount
        self.targetCount = targetCount
        var places: [Int] = []
        places.reserveCapacity(runs.count)
        var place = 0
        for run in runs {
            places.append(place)
            place += run.count
        }
        self.places = places
        let sources = runs.indices.filter { runs[$0].operation != .fresh }
        let isInOrder = zip(sources, sources.dropFirst()).allSatisfy { runs[$0].source <= runs[$1].source }
        bySource = isInOrder ? sources : sources.sorted { runs[$0].source < runs[$1].source }
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
        let next = bySource.partitionPoint { runs[$0].source > source }
        guard next > 0 else { return nil }
        let index = bySource[next - 1]
        let run = runs[index]
        guard source < run.source + run.count else { return nil }
        return (places[index] + source - run.source, run.operation == .copy)
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

    /// The number of the run that gives one of the target's types.
    func run(at target: Int) -> Int { places.partitionPoint { $0 > target } - 1 }
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
    /// - Throws: `DeltaError` when the bytes are none.
    public init(bytes: [UInt8]) throws(DeltaError) {
        var input = ByteReader(bytes)
        let baseCount = try input.number(below: Delta.sizeLimit)
        let targetCount = try input.number(below: Delta.sizeLimit)
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
