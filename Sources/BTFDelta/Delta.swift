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
        let coded = emit(runs, base, correspondence, target: target, writer)
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

// MARK: - Applying

extension Delta {
    /// Applies a delta.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes, of any content.
    ///   - base: what it was made from.
    ///   - kernel: the kernel that the result's ids go on from, for split BTF.
    ///   - outer: for split BTF, how the kernels of base and result correspond.
    ///   - limit: the most bytes that the result may have.
    /// - Returns: the result, whose references and names all lead somewhere, and how the base corresponds with it.
    /// - Throws: `DeltaError` when the bytes are no delta of this base.
    public static func apply(
        _ delta: [UInt8],
        to base: TypeTable,
        kernel: TypeTable? = nil,
        outer: Correspondence = .empty,
        limit: Int = sizeLimit
    ) throws(DeltaError) -> (table: TypeTable, correspondence: Correspondence) {
        var input = ByteReader(delta)
        let header = try DeltaHeader(&input, limit: limit)
        guard header.baseTypeCount == base.starts.count - 1, header.baseStringCount == base.stringStarts.count - 1
        else {
            throw DeltaError("it is a delta against another BTF")
        }
        let columns = try ColumnPack.unpack(&input, count: Column.allCases.count, limit: 4 * limit)
        guard input.isAtEnd else { throw DeltaError("it goes on behind its end") }
        var reader = SymbolReader(columns: columns)
        let firstID = kernel?.endID ?? 1
        let firstRank = kernel?.endRank ?? 0
        let (strings, stringStarts, steps) = try StringScript.read(
            &reader,
            base,
            count: header.stringCount,
            bytes: header.stringBytes
        )
        var correspondence = outer.opened(for: base)
        StringScript(steps: steps).number(&correspondence, from: base.firstRank, to: firstRank)
        let runs = try readRuns(&reader, baseCount: header.baseTypeCount, typeCount: header.typeCount)
        var place = firstID
        for run in runs {
            if run.operation != .fresh {
                for offset in 0..<UInt32(run.count) {
                    correspondence.types[Int(base.firstID + UInt32(run.source) + offset)] = place + offset
                }
            }
            place += UInt32(run.count)
        }
        var target = TypeTable(
            byteOrder: header.byteOrder,
            firstID: firstID,
            firstRank: firstRank,
            firstStringOffset: kernel.map { UInt32($0.strings.count) } ?? 0,
            words: [],
            starts: [UInt32](repeating: 0, count: header.typeCount + 1),
            strings: strings,
            stringStarts: stringStarts
        )
        let coded = emit(runs, base, correspondence, target: target, wordCount: header.wordCount, reader)
        target.words = coded.words
        target.starts = coded.starts + [UInt32(coded.words.count)]
        guard !coded.isInvalid, !coded.coder.isExhausted, coded.coder.isFinished, coded.words.count == header.wordCount
        else { throw DeltaError("it is no delta of its base") }
        return (target, correspondence)
    }

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

// MARK: - Both ways

extension Delta {
    private static func emit<Coder: SymbolCoder>(
        _ runs: [TypeRun],
        _ base: TypeTable,
        _ correspondence: Correspondence,
        target: TypeTable,
        wordCount: Int? = nil,
        _ coder: Coder
    ) -> RecordCodec<Coder> {
        var codec = RecordCodec(
            coder: coder,
            wordCount: wordCount ?? target.words.count,
            endID: target.endID,
            endRank: target.endRank
        )
        for run in runs {
            switch run.operation {
            case .copy:
                codec.copy(run.source..<run.source + run.count, of: base, correspondence)
            case .patch:
                for source in run.source..<run.source + run.count {
                    let record = correspondence.translate(base.record(of: base.firstID + UInt32(source)))
                    var script: [ElementRun] = []
                    if !target.words.isEmpty {
                        script = Alignment.runs(record, target.record(of: target.firstID + UInt32(codec.starts.count)))
                    }
                    codec.patched(base: record, script: script)
                }
            case .fresh:
                for _ in 0..<run.count where !codec.isInvalid { codec.fresh() }
            }
            if codec.isInvalid { return codec }
        }
        return codec
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
