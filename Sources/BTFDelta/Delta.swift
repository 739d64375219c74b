internal import BTF

/// A BTF as what it adds to another.
public enum Delta {
    /// The most bytes that one BTF may have.
    public static let sizeLimit = 256 << 20
}

/// A run of types that come from the base, changed or not, or that are new.
struct TypeRun: Hashable {
    enum Operation: UInt32 { case copy, patch, fresh }
    var operation: Operation
    /// The base's own type that the first comes from, by its index.
    var source: Int
    var count: Int

    /// The number that stands for operation and count.
    var symbol: UInt32 { operation.rawValue | UInt32(count) << 2 }
}

// MARK: - Making

extension Delta {
    /// Makes a delta.
    ///
    /// - Parameters:
    ///   - target: what the delta is to give.
    ///   - base: what it is to be given beside the delta; `TypeTable.empty` for none.
    ///   - outer: for split BTF, how the kernels of base and target correspond.
    /// - Returns: the delta's bytes, and how the base corresponds with the target.
    /// - Throws: `ArchiveError` when memory runs out; `DeltaError` when no delta can give the target.
    public static func encode(
        _ target: TypeTable,
        from base: TypeTable,
        outer: Correspondence = .empty
    ) throws -> (bytes: [UInt8], correspondence: Correspondence) {
        let script = StringScript(from: base, to: target)
        var correspondence = outer.opened(for: base)
        script.number(&correspondence, from: base.firstRank, to: target.firstRank)
        let matching = TypeMatching(from: base, to: target, correspondence)
        correspondence = matching.correspondence
        let runs = runs(of: matching.sources, target, base, correspondence)
        var writer = SymbolWriter(words: target.words)
        script.write(target, to: &writer)
        write(runs, to: &writer)
        let coded = emit(runs, base, correspondence, target, writer)
        guard !coded.isInvalid else { throw DeltaError("what it is to give refers to what is not there") }
        var output = DeltaHeader(of: target, from: base).bytes
        try ColumnPack.pack(coded.coder.columns, into: &output)
        return (output, correspondence)
    }

    private static func runs(
        of sources: [UInt32],
        _ target: TypeTable,
        _ base: TypeTable,
        _ correspondence: Correspondence
    ) -> [TypeRun] {
        var runs: [TypeRun] = []
        for (index, source) in sources.enumerated() {
            var run = TypeRun(operation: .fresh, source: 0, count: 1)
            if source != Correspondence.none {
                let record = correspondence.translate(base.record(of: source))
                let isSame = record.elementsEqual(target.record(of: target.firstID + UInt32(index)))
                run = TypeRun(operation: isSame ? .copy : .patch, source: Int(source - base.firstID), count: 1)
            }
            if let last = runs.last, last.operation == run.operation,
                run.operation == .fresh || last.source + last.count == run.source
            {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(run)
            }
        }
        return runs
    }

    static func write(_ runs: [TypeRun], to writer: inout SymbolWriter) {
        var expected = 0
        for run in runs {
            _ = writer.code(run.symbol, .typeScript)
            if run.operation == .fresh { continue }
            _ = writer.code(zigzag(UInt32(truncatingIfNeeded: run.source - expected)), .typeSource)
            expected = run.source + run.count
        }
    }
}

extension Delta {
    private static func emit(
        _ runs: [TypeRun],
        _ base: TypeTable,
        _ correspondence: Correspondence,
        _ target: TypeTable,
        _ writer: SymbolWriter
    ) -> RecordCodec<SymbolWriter> {
        var codec = RecordCodec(
            coder: writer,
            wordCount: target.words.count,
            endID: target.endID,
            endRank: target.endRank
        )
        func translated(_ source: Int) -> [UInt32] {
            correspondence.translate(base.record(of: base.firstID + UInt32(source)))
        }
        var place = 0
        for run in runs where !codec.isInvalid {
            switch run.operation {
            case .copy:
                let count = Int(target.starts[place + run.count] - target.starts[place])
                let last = target.record(of: target.firstID + UInt32(place + run.count - 1))
                let at = last.startIndex
                codec.skip(count, endingWith: RecordHead(name: last[at], info: last[at + 1], third: last[at + 2]))
            case .patch:
                for offset in 0..<run.count {
                    let record = translated(run.source + offset)
                    let own = target.record(of: target.firstID + UInt32(place + offset))
                    codec.patched(base: record, script: Alignment.runs(record, own))
                }
            case .fresh:
                for _ in 0..<run.count where !codec.isInvalid { codec.fresh() }
            }
            place += run.count
        }
        return codec
    }
}

extension Delta {
    /// The delta that takes over all types and strings in their order, and adds none.
    ///
    /// - Parameter base: what it is to be applied to.
    /// - Returns: the delta's bytes.
    /// - Throws: `ArchiveError` when memory runs out.
    public static func copy(of base: TypeLayers) throws -> [UInt8] {
        var writer = SymbolWriter(words: [])
        if base.stringCount > 0 {
            for number in [0, 0, UInt32(base.stringCount)] { _ = writer.code(number, .stringScript) }
        }
        if base.typeCount > 0 { write([TypeRun(operation: .copy, source: 0, count: base.typeCount)], to: &writer) }
        var output = DeltaHeader(copying: base).bytes
        try ColumnPack.pack(writer.columns, into: &output)
        return output
    }
}

extension Delta {
    /// Reads runs until there are as many types as there must be.
    static func readRuns(
        _ reader: inout SymbolReader,
        baseCount: Int,
        typeCount: Int
    ) throws(DeltaError) -> [TypeRun] {
        var runs: [TypeRun] = []
        var expected = 0
        var done = 0
        while done < typeCount {
            let symbol = reader.code(0, .typeScript)
            let count = Int(symbol >> 2)
            guard let operation = TypeRun.Operation(rawValue: symbol & 3), count > 0, count <= typeCount - done else {
                throw DeltaError("its script of types is malformed")
            }
            var run = TypeRun(operation: operation, source: 0, count: count)
            if operation != .fresh {
                run.source = expected + Int(Int32(bitPattern: unzigzag(reader.code(0, .typeSource))))
                guard run.source >= 0, run.source <= baseCount, count <= baseCount - run.source else {
                    throw DeltaError("its script of types leads out of the base")
                }
                expected = run.source + count
            }
            runs.append(run)
            done += count
        }
        return runs
    }
}

extension TypeTable {
    /// A BTF without types, for deltas that stand alone.
    public static let empty = TypeTable(
        byteOrder: .littleEndian,
        firstID: 1,
        firstRank: 0,
        firstStringOffset: 0,
        words: [],
        starts: [0],
        strings: [],
        stringStarts: [0]
    )
}
