/// One delta of a chain, decoded as far as that needs no pass over the types that it takes over.
///
/// It says where each id and each string of its base has gone, and has the types and strings that the base has not. Chains
/// share their layers, which do not change.
final class DeltaLayer: Sendable {
    let header: DeltaHeader
    let map: LayerMap
    /// The words of the types that are changed or new, one type after the other.
    let words: [UInt32]
    /// Where each of them starts, and at last where they end.
    let starts: [UInt32]
    /// How many of them come before each run.
    private let literals: [Int]

    /// Decodes a delta.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes.
    ///   - base: what it is to be applied to.
    ///   - kernel: for split BTF, the kernel of the result.
    ///   - outer: for split BTF, the delta that leads from the kernel of the base to that of the result, if they differ.
    ///   - limit: the most bytes that the result may have.
    /// - Throws: `DeltaError` when the bytes are no delta of this base.
    init(
        _ delta: [UInt8],
        on base: TypeLayers,
        kernel: TypeLayers?,
        outer: DeltaLayer?,
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
        var lookup = BaseLookup(base, isLarge: delta.count >= Self.large)
        map = try LayerMap(&reader, header, on: base, &lookup, kernel: kernel, outer: outer)
        var count = 0
        literals = map.script.runs.map { run in
            defer { if run.operation != .copy { count += run.count } }
            return count
        }
        let coded = Self.decode(reader, header, map, on: base, &lookup)
        guard !coded.isInvalid, !coded.coder.isExhausted, coded.coder.isFinished else {
            throw DeltaError("it is no delta of its base")
        }
        words = coded.words
        starts = coded.starts + [UInt32(coded.words.count)]
    }

    /// From how many bytes on a delta looks up so much of its base that it pays to find out where all of that is stored.
    private static let large = 8192

    private static func decode(
        _ reader: SymbolReader,
        _ header: DeltaHeader,
        _ map: LayerMap,
        on base: TypeLayers,
        _ lookup: inout BaseLookup
    ) -> RecordCodec<SymbolReader> {
        var codec = RecordCodec(
            coder: reader,
            wordCount: header.wordCount,
            endID: map.firstID + UInt32(header.typeCount),
            endRank: map.firstRank + UInt32(header.stringCount)
        )
        // What is new is coded after what is copied before it, which is looked at only then.
        var lastCopied: Int?
        var copied: [Int] = []
        var words: [UInt32] = []
        for run in map.script.runs where !codec.isInvalid {
            switch run.operation {
            case .copy:
                lastCopied = run.source + run.count - 1
                copied.append(run.source + run.count - 1)
                continue
            case .patch:
                for source in run.source..<run.source + run.count where !codec.isInvalid {
                    guard base.read(lookup.place(of: source), into: &words) else {
                        codec.refuse()
                        break
                    }
                    _ = map.translate(at: 0, in: &words)
                    codec.patched(base: words, script: [])
                }
            case .fresh:
                if let lastCopied, let head = base.head(at: lookup.place(of: lastCopied)) {
                    codec.follow(name: map.rank(head.name))
                }
                for _ in 0..<run.count where !codec.isInvalid {
                    let info = codec.beginFresh()
                    if RecordHead.isFunction(info: info) {
                        for source in copied {
                            guard let prototype = base.prototype(at: lookup.place(of: source)) else { continue }
                            codec.follow(prototype: map.type(prototype))
                        }
                        copied = []
                    }
                    codec.finishFresh(info)
                }
            }
            lastCopied = nil
        }
        return codec
    }

    // Through methods of its own, as whoever else asks the map would copy it first.

    /// Numbers a record of the base as the result does; false when it refers to what the result does not have.
    func translate(_ record: inout [UInt32]) -> Bool { map.translate(at: 0, in: &record) }

    /// Numbers the start of a record likewise.
    func translate(_ head: inout RecordHead) -> Bool { head.translate(map) }

    /// Numbers one of the base's ids likewise.
    func type(_ id: UInt32) -> UInt32 { map.type(id) }

    /// Where one of the result's own types comes from.
    enum Origin {
        /// One of the base's own types, by its index.
        case base(Int)
        /// One that is changed or new, by their order.
        case literal(Int)
    }

    /// Where one of the result's own types, by its index, comes from.
    func origin(of index: Int) -> Origin {
        let number = map.script.run(at: index)
        let run = map.script.runs[number]
        let offset = index - map.script.places[number]
        return run.operation == .copy ? .base(run.source + offset) : .literal(literals[number] + offset)
    }

    /// The words of a type that is changed or new.
    func literal(_ index: Int) -> ArraySlice<UInt32> { words[Int(starts[index])..<Int(starts[index + 1])] }

    /// The number of changed or new types before a run.
    func literalCount(before run: Int) -> Int { literals[run] }
}

/// The first three words of a type's record.
struct RecordHead {
    var name: UInt32
    let info: UInt32
    var third: UInt32

    /// Whether a record whose second word this is is a function's, whose third word is its prototype.
    static func isFunction(info: UInt32) -> Bool { info >> 24 & 31 == 12 }

    /// Renumbers the name and the reference.
    ///
    /// - Returns: whether the other BTF has both.
    mutating func translate(_ numbering: some Renumbering) -> Bool {
        name = numbering.rank(name)
        if RecordShape.refersThroughHeader(kind: info >> 24 & 31) {
            third = numbering.type(third)
            if third == Correspondence.none { return false }
        }
        return name != Correspondence.none
    }
}
