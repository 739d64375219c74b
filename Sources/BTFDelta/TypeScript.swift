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
    private let places: [Int]

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
        runs = try Delta.readRuns(&reader, baseCount: header.baseTypeCount, typeCount: header.typeCount)
        baseCount = header.baseTypeCount
        targetCount = header.typeCount
        var places: [Int] = []
        var place = 0
        for run in runs {
            places.append(place)
            place += run.count
        }
        self.places = places
        bySource = zip(runs, places).filter { $0.0.operation != .fresh }.map { (run: $0.0, place: $0.1) }
            .sorted { $0.run.source < $1.run.source }
    }

    /// Where one of the base's types, by its index, stands in the target; nil when it is not there.
    func target(of source: Int) -> (index: Int, isCopy: Bool)? {
        if source == baseCount { return (targetCount, true) }
        var (low, high) = (0, bySource.count)
        while low < high {
            let middle = (low + high) / 2
            if bySource[middle].run.source <= source { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let (run, place) = bySource[low - 1]
        guard source < run.source + run.count else { return nil }
        return (place + source - run.source, run.operation == .copy)
    }

    /// Where one of the target's types, by its index, stands in the base; nil when it is not there.
    func source(of target: Int) -> (index: Int, isCopy: Bool)? {
        if target == targetCount { return (baseCount, true) }
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] <= target { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let run = runs[low - 1]
        guard run.operation != .fresh, target < places[low - 1] + run.count else { return nil }
        return (run.source + target - places[low - 1], run.operation == .copy)
    }
}
