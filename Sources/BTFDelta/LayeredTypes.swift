internal import BTF

/// A kernel's types, read one at a time: what a delta copies is read in what the delta is against.
///
/// That takes time in proportion to what is read and to the number of deltas, and does not depend on the kernel's size.
/// Names are given by the ranks of their strings. What was read is remembered; a value of this type is for one thread.
public final class LayeredTypes {
    /// What is stored whole and all deltas upon it.
    let layers: TypeLayers
    /// The last of these deltas, and what it is against; nil where there is none.
    private let top: DeltaLayer?
    private let base: LayeredTypes?
    /// Copied records that were read, by their indexes.
    private var copies: [Int: [UInt32]] = [:]
    /// Where types of names that were looked up stand.
    private var ranges: [[UInt8]: NameRanges] = [:]
    /// The ranks of strings that were looked up.
    private var ranks: [[UInt8]: UInt32?] = [:]
    /// Whether something was copied that refers to what is not there, so that what was read is worth nothing.
    public private(set) var isDamaged = false

    /// Reads types of a BTF that is at hand as a whole; nil where they do not stand in the order of their names.
    ///
    /// - Parameter table: the BTF, whose names and references all lead somewhere.
    public init?(_ table: TypeTable) {
        var last: UInt32 = 0
        for start in table.starts.dropLast() {
            guard table.words[Int(start)] >= last else { return nil }
            last = table.words[Int(start)]
        }
        layers = TypeLayers(table)
        top = nil
        base = nil
    }

    /// Reads types through a delta between kernels' BTFs.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes, of any content.
    ///   - base: what it was made from.
    ///   - limit: the most bytes that the delta's result may have.
    /// - Throws: `DeltaError` when the bytes are no delta of this base.
    public init(_ delta: [UInt8], over base: LayeredTypes, limit: Int = Delta.sizeLimit) throws(DeltaError) {
        layers = try TypeLayers(applying: delta, to: base.layers, limit: limit)
        top = layers.layers.last
        self.base = base
    }

    /// The number of types, void not counted.
    var typeCount: Int { layers.typeCount }
}

// MARK: - Records

extension LayeredTypes {
    /// A type's record within an array.
    struct Record {
        let words: [UInt32]
        let start: Int

        /// Void, which leads nowhere, whatever it is asked.
        static let void = Record(words: [0, 0, 0], start: 0)

        var header: TypeHeader {
            TypeHeader(name: words[start], info: words[start + 1], sizeOrType: words[start + 2])
        }
    }

    /// The record of a type, by its index.
    func record(at index: Int) -> Record {
        guard (0..<typeCount).contains(index) else { return .void }
        guard let top, let base else {
            return Record(words: layers.root.words, start: Int(layers.root.starts[index]))
        }
        if let words = copies[index] { return Record(words: words, start: 0) }
        switch top.origin(of: index) {
        case .literal(let number): return Record(words: top.words, start: Int(top.starts[number]))
        case .base(let source):
            let record = base.record(at: source)
            let end = record.start + RecordShape.wordCount(info: record.words[record.start + 1])
            var words = Array(record.words[record.start..<end])
            if !top.map.translate(at: 0, in: &words) || base.isDamaged {
                isDamaged = true
                words = Record.void.words
            }
            copies[index] = words
            return Record(words: words, start: 0)
        }
    }

    /// The header of a type's record, by its index.
    func header(at index: Int) -> TypeHeader {
        guard copies[index] == nil, (0..<typeCount).contains(index), let head = layers.head(index) else {
            return record(at: index).header
        }
        return TypeHeader(name: head.name, info: head.info, sizeOrType: head.third)
    }

    /// The bytes of a string, with its terminator.
    func string(ofRank rank: UInt32) -> ArraySlice<UInt8> { layers.string(Int(rank)) }
}

// MARK: - Names

/// Where the types of an essential name stand, by their indexes; types stand in the order of their names.
struct NameRanges {
    /// Those of the name alone; where they would stand, if there are none.
    let plain: Range<Int>
    /// Those that may have a flavour besides, or where they would stand.
    let flavoured: Range<Int>
}

extension LayeredTypes {
    /// Finds the types of an essential name.
    func ranges(of name: [UInt8]) -> NameRanges {
        if let known = ranges[name] { return known }
        let flavour = name + Array("___".utf8)
        let near = base?.ranges(of: name)
        let found = NameRanges(
            plain: range(from: name + [0], to: name + [1], near: near?.plain),
            flavoured: range(
                from: flavour,
                to: flavour.dropLast() + [UInt8(ascii: "_") + 1],
                near: near?.flavoured
            )
        )
        ranges[name] = found
        return found
    }

    /// The types from one name up to another.
    ///
    /// - Parameters:
    ///   - low: the name from which on, with its terminator.
    ///   - high: the name before which.
    ///   - near: where those of the base stand, which is nearly always the place.
    /// - Returns: their indexes.
    private func range(from low: [UInt8], to high: [UInt8], near: Range<Int>?) -> Range<Int> {
        let script = top?.map.script
        if let near, let same = script?.target(of: near) { return same }
        func guess(_ bound: Int?) -> Int? { bound.flatMap { script?.target(of: $0)?.index } }
        let start = first(atLeast: low, guess: guess(near?.lowerBound))
        return start..<max(start, first(atLeast: high, guess: guess(near?.upperBound)))
    }

    /// The first type whose name is not less than a bound.
    private func first(atLeast bound: [UInt8], guess: Int?) -> Int {
        func precedes(_ index: Int) -> Bool {
            StringScript.order(string(ofRank: header(at: index).name.rawValue), bound[...]) < 0
        }
        var (low, high) = (0, typeCount)
        if let guess, guess > 0, guess <= high {
            if precedes(guess - 1) { low = guess } else { high = guess - 1 }
            if low < high, low == guess { if precedes(guess) { low = guess + 1 } else { high = guess } }
        }
        while low < high {
            let middle = (low + high) / 2
            if precedes(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension LayeredTypes {
    /// The rank of a string.
    ///
    /// - Parameter string: the string with its terminator.
    /// - Returns: the rank; nil when no string is the same.
    func rank(of string: [UInt8]) -> UInt32? {
        if let known = ranks[string] { return known }
        let found: UInt32?
        if let strings = top?.map.strings, let base {
            found = base.rank(of: string).flatMap(strings.target(of:)) ?? strings.index(ofInserted: string)
        } else {
            found = layers.root.rank(of: string)
        }
        ranks[string] = .some(found)
        return found
    }
}
