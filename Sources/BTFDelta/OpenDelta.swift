internal import BTF

/// A delta that is read where it lies: what it adds or changes is decoded, what it copies is not.
///
/// A class, so that no copy of its arrays' references is made for each lookup.
final class OpenDelta {
    let header: DeltaHeader
    private let script: TypeScript
    private let strings: OpenStrings
    let base: LayeredTypes
    /// Numbers what is the base's as the result does.
    let renumbering: BaseNumbering
    /// The records that are not copied, names given by their ranks.
    private let words: [UInt32]
    /// Where each of these starts.
    private let starts: [UInt32]
    /// The number of the first of these in each run of the script.
    private let firstOwn: [Int]

    /// Opens a delta.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes, of any content.
    ///   - script: its script of types.
    ///   - base: what it was made from.
    ///   - limit: the most bytes that the result may have.
    /// - Throws: `DeltaError` when the bytes are no delta of this base.
    init(
        _ delta: [UInt8],
        _ script: TypeScript,
        over base: LayeredTypes,
        limit: Int
    ) throws(DeltaError) {
        var input = ByteReader(delta)
        header = try DeltaHeader(&input, limit: limit)
        guard header.baseTypeCount == base.typeCount, header.baseStringCount == base.stringCount else {
            throw DeltaError("it is a delta against another BTF")
        }
        let columns = try ColumnPack.unpack(&input, count: Column.allCases.count, limit: 4 * limit)
        guard input.isAtEnd else { throw DeltaError("it goes on behind its end") }
        var reader = SymbolReader(columns: columns)
        self.base = base
        strings = try OpenStrings(&reader, over: base, header)
        guard script.baseCount == header.baseTypeCount, script.targetCount == header.typeCount else {
            throw DeltaError("its script of types is another's")
        }
        self.script = script
        reader.pass([.typeScript, .typeSource])
        renumbering = BaseNumbering(script: script, strings: strings)
        var codec = RecordCodec(
            coder: reader,
            wordCount: header.wordCount,
            endID: UInt32(header.typeCount + 1),
            endRank: UInt32(header.stringCount)
        )
        firstOwn = Self.decode(script, over: base, renumbering.tabulated(for: base), &codec)
        guard !codec.isInvalid, !codec.coder.isExhausted, codec.coder.isFinished else {
            throw DeltaError("it is no delta of its base")
        }
        // The codec's own array has room for all words of the result.
        var words: [UInt32] = []
        words.reserveCapacity(codec.words.count)
        words += codec.words
        self.words = words
        starts = codec.starts
    }

    /// Decodes what is not copied.
    ///
    /// - Returns: how many records were decoded before each run of the script.
    private static func decode(
        _ script: TypeScript,
        over base: LayeredTypes,
        _ renumbering: BaseNumbering,
        _ codec: inout RecordCodec<SymbolReader>
    ) -> [Int] {
        var firstOwn: [Int] = []
        firstOwn.reserveCapacity(script.runs.count)
        // What is new is coded after what is copied before it, which is looked at only then.
        var lastCopied: Int?
        var copied: [Int] = []
        let firstNamed = base.firstNamed
        for run in script.runs where !codec.isInvalid {
            firstOwn.append(codec.starts.count)
            switch run.operation {
            case .copy:
                lastCopied = run.source + run.count - 1
                // Functions have names, and come behind all that have none.
                if run.source + run.count > firstNamed { copied.append(run.source + run.count - 1) }
                continue
            case .patch:
                for source in run.source..<run.source + run.count where !codec.isInvalid {
                    var isMissing = false
                    codec.patched(base: renumbering.record(base.record(at: source), &isMissing), script: [])
                }
            case .fresh:
                var isMissing = false
                if let lastCopied { codec.follow(name: renumbering.name(of: base.header(at: lastCopied), &isMissing)) }
                for _ in 0..<run.count where !codec.isInvalid {
                    codec.fresh { codec in
                        for index in copied {
                            guard let prototype = base.prototype(at: index) else { continue }
                            codec.follow(prototype: renumbering.type(prototype, &isMissing))
                        }
                        copied = []
                    }
                }
            }
            lastCopied = nil
        }
        return firstOwn
    }
}

// MARK: - Reading

extension OpenDelta {
    /// Where a record of the result is.
    enum Place {
        /// It is the delta's own.
        case own(LayeredTypes.Record)
        /// It is the base's at this index, to be renumbered.
        case base(Int)
    }

    /// Where the record of a type of the result is, by its index.
    func place(of index: Int) -> Place? {
        guard (0..<script.targetCount).contains(index) else { return nil }
        let number = script.run(at: index)
        let (run, offset) = (script.runs[number], index - script.places[number])
        guard run.operation != .copy else { return .base(run.source + offset) }
        return .own(LayeredTypes.Record(words: words, start: Int(starts[firstOwn[number] + offset])))
    }

    /// Where a type of the base stands in the result, by their indexes; nil when it is not there.
    func target(of source: Int) -> Int? { script.target(of: source)?.index }

    /// Where some types of the base stand in the result, when they and their neighbours are copied as they stand.
    func target(of sources: Range<Int>) -> Range<Int>? { script.target(of: sources) }

    /// The bytes of a string of the result, with its terminator.
    func string(ofRank rank: UInt32) -> ArraySlice<UInt8> {
        switch strings.place(of: rank) {
        case .own(let bytes): bytes
        case .base(let rank): base.string(ofRank: rank)
        }
    }

    /// The rank of a string of the result.
    ///
    /// - Parameters:
    ///   - string: the string with its terminator.
    ///   - source: its rank in the base, if it has one there.
    /// - Returns: the rank; nil when the result has no such string.
    func rank(of string: [UInt8], source: UInt32?) -> UInt32? {
        source.flatMap(strings.target(of:)) ?? strings.rank(ofOwn: string)
    }

}

/// Numbers a base's names and types as a delta's result does.
struct BaseNumbering {
    private let script: TypeScript
    private let strings: OpenStrings
    /// What the base's types and strings are in the result, where so many are asked for that a table pays.
    private var table: Correspondence?

    init(script: TypeScript, strings: OpenStrings) {
        self.script = script
        self.strings = strings
    }

    /// The same with a table, when the script changes many types.
    func tabulated(for base: LayeredTypes) -> BaseNumbering {
        guard script.runs.count > 512 else { return self }
        var table = Correspondence.empty
        table.types += [UInt32](repeating: Correspondence.none, count: base.typeCount)
        for (run, place) in zip(script.runs, script.places) where run.operation != .fresh {
            for offset in 0..<run.count { table.types[1 + run.source + offset] = UInt32(1 + place + offset) }
        }
        table.ranks = [UInt32](repeating: Correspondence.none, count: base.stringCount)
        strings.number(&table.ranks)
        var tabulated = self
        tabulated.table = table
        return tabulated
    }

    /// A record of the base as the result has it; `UInt32.max` stands for what the result does not have.
    func record(_ record: LayeredTypes.Record, _ isMissing: inout Bool) -> [UInt32] {
        let info = record.words[record.start + 1]
        var words = Array(record.words[record.start..<record.start + RecordShape.wordCount(info: info)])
        if let table {
            if !table.translate(at: 0, in: &words) { isMissing = true }
            return words
        }
        RecordShape.forEachNumber(ofRecordAt: 0, in: &words) { word in
            word = rank(word, &isMissing)
        } type: { word in
            word = type(word, &isMissing)
        }
        return words
    }

    /// A header of the base as the result has it; `UInt32.max` stands for what the result does not have.
    func header(_ header: TypeHeader, _ isMissing: inout Bool) -> TypeHeader {
        let isReference = header.kind.refersThroughHeader
        return header.renumbered(
            name: rank(header.name.rawValue, &isMissing),
            sizeOrType: isReference ? type(header.sizeOrType, &isMissing) : header.sizeOrType
        )
    }

    /// The name of a type of the base as the result has it.
    func name(of header: TypeHeader, _ isMissing: inout Bool) -> UInt32 { rank(header.name.rawValue, &isMissing) }

    private func rank(_ source: UInt32, _ isMissing: inout Bool) -> UInt32 {
        if let rank = strings.target(of: source) { return rank }
        isMissing = true
        return Correspondence.none
    }

    /// A reference of the base as the result has it.
    func type(_ source: UInt32, _ isMissing: inout Bool) -> UInt32 {
        if source == 0 { return 0 }
        if let index = script.target(of: Int(source) - 1)?.index { return UInt32(index) + 1 }
        isMissing = true
        return Correspondence.none
    }
}
