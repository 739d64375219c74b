internal import BTF

/// A kernel's types, read one at a time: what a delta copies is read in what the delta is against.
///
/// That takes time in proportion to what is read and to the number of deltas, and does not depend on the kernel's size.
/// Names are given by the ranks of their strings. What was read is remembered; a value of this type is for one thread.
public final class LayeredTypes {
    enum Content {
        case whole(TypeTable)
        case delta(OpenDelta)
    }
    let content: Content
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
    /// - Parameter table: the BTF.
    public init?(_ table: TypeTable) {
        var last: UInt32 = 0
        for start in table.starts.dropLast() {
            guard table.words[Int(start)] >= last else { return nil }
            last = table.words[Int(start)]
        }
        content = .whole(table)
    }

    /// Reads types through a delta between kernels' BTFs.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes, of any content.
    ///   - script: its script of types.
    ///   - base: what it was made from.
    ///   - limit: the most bytes that the delta's result may have.
    /// - Throws: `DeltaError` when the bytes are no delta of this base.
    public init(
        _ delta: [UInt8],
        _ script: TypeScript,
        over base: LayeredTypes,
        limit: Int = Delta.sizeLimit
    ) throws(DeltaError) {
        content = .delta(try OpenDelta(delta, script, over: base, limit: limit))
    }

    /// The number of types, void not counted.
    var typeCount: Int {
        switch content {
        case .whole(let table): table.starts.count - 1
        case .delta(let layer): layer.header.typeCount
        }
    }

    /// The index of the first type that has a name.
    var firstNamed: Int { first(atLeast: [1], guess: nil) }

    /// The number of strings.
    var stringCount: Int {
        switch content {
        case .whole(let table): table.stringStarts.count - 1
        case .delta(let layer): layer.header.stringCount
        }
    }
}

// MARK: - Records

extension LayeredTypes {
    /// A type's record within an array.
    struct Record {
        let words: [UInt32]
        let start: Int

        var header: TypeHeader {
            TypeHeader(name: words[start], info: words[start + 1], sizeOrType: words[start + 2])
        }
    }

    /// The record of a type, by its index.
    func record(at index: Int) -> Record {
        switch content {
        case .whole(let table): return Record(words: table.words, start: Int(table.starts[index]))
        case .delta(let layer):
            if let words = copies[index] { return Record(words: words, start: 0) }
            switch layer.place(of: index) {
            case .own(let record): return record
            case .base(let source):
                var isMissing = false
                var words = layer.renumbering.record(layer.base.record(at: source), &isMissing)
                if isMissing || layer.base.isDamaged {
                    isDamaged = true
                    // Void leads nowhere, whatever it is asked.
                    words = [0, 0, 0]
                }
                copies[index] = words
                return Record(words: words, start: 0)
            case nil: return Record(words: [0, 0, 0], start: 0)
            }
        }
    }

    /// The header of a type's record, by its index.
    func header(at index: Int) -> TypeHeader {
        guard case .delta(let layer) = content, copies[index] == nil,
            case .base(let source) = layer.place(of: index)
        else { return record(at: index).header }
        var isMissing = false
        let header = layer.renumbering.header(layer.base.header(at: source), &isMissing)
        return isMissing ? record(at: index).header : header
    }

    /// The prototype of a function, by the function's index; nil for any other type.
    func prototype(at index: Int) -> UInt32? {
        guard case .delta(let layer) = content, case .base(let source) = layer.place(of: index) else {
            let header = record(at: index).header
            return header.kind == .function ? header.sizeOrType : nil
        }
        var isMissing = false
        return layer.base.prototype(at: source).map { layer.renumbering.type($0, &isMissing) }
    }

    /// The bytes of a string, with its terminator.
    func string(ofRank rank: UInt32) -> ArraySlice<UInt8> {
        switch content {
        case .whole(let table): table.string(ofRank: rank)
        case .delta(let layer): layer.string(ofRank: rank)
        }
    }
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
        let near = layer?.base.ranges(of: name)
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

    private var layer: OpenDelta? {
        if case .delta(let layer) = content { layer } else { nil }
    }

    /// The types from one name up to another.
    ///
    /// - Parameters:
    ///   - low: the name from which on, with its terminator.
    ///   - high: the name before which.
    ///   - near: where those of the base stand, which is nearly always the place.
    /// - Returns: their indexes.
    private func range(from low: [UInt8], to high: [UInt8], near: Range<Int>?) -> Range<Int> {
        if let near, let same = layer?.target(of: near) { return same }
        let start = first(atLeast: low, guess: near.flatMap { layer?.target(of: $0.lowerBound) })
        return start..<max(start, first(atLeast: high, guess: near.flatMap { layer?.target(of: $0.upperBound) }))
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
        switch content {
        case .whole(let table): found = table.rank(of: string)
        case .delta(let layer): found = layer.rank(of: string, source: layer.base.rank(of: string))
        }
        ranks[string] = .some(found)
        return found
    }
}
