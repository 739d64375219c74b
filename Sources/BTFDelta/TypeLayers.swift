internal import BTF

/// A BTF as one that is stored whole and the deltas upon it.
///
/// Any type of it can be read without decoding the others; all of it is put together in one pass, however many deltas
/// there are. Bytes that were damaged give an error or other types, never a trap.
public struct TypeLayers: Sendable {
    let root: TypeTable
    let layers: [DeltaLayer]

    /// A BTF that is stored whole.
    public init(_ root: TypeTable) {
        self.root = root
        layers = []
    }

    /// The result of a delta.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes, of any content.
    ///   - base: what it was made from.
    ///   - kernel: the kernel that the result's ids go on from, for split BTF.
    ///   - isOfNextKernel: whether this is not the kernel of the base, but the one that its last delta makes of it.
    ///   - limit: the most bytes that the result may have.
    /// - Throws: `DeltaError` when the bytes are no delta of this base.
    public init(
        applying delta: [UInt8],
        to base: TypeLayers,
        kernel: TypeLayers? = nil,
        isOfNextKernel: Bool = false,
        limit: Int = Delta.sizeLimit
    ) throws(DeltaError) {
        let outer = isOfNextKernel ? kernel?.layers.last : nil
        root = base.root
        let layer = try DeltaLayer(delta, on: base, kernel: kernel, outer: outer, limit: limit)
        layers = base.layers + [layer]
    }

    var byteOrder: ByteOrder { layers.last?.header.byteOrder ?? root.byteOrder }
    var firstID: UInt32 { layers.last?.map.firstID ?? root.firstID }
    var firstRank: UInt32 { layers.last?.map.firstRank ?? root.firstRank }
    var typeCount: Int { layers.last?.header.typeCount ?? root.starts.count - 1 }
    var stringCount: Int { layers.last?.header.stringCount ?? root.stringStarts.count - 1 }
    var stringBytes: Int { layers.last?.header.stringBytes ?? root.strings.count }
    var wordCount: Int { layers.last?.header.wordCount ?? root.words.count }
    /// The id behind the last.
    var endID: UInt32 { firstID + UInt32(typeCount) }
    /// The rank behind the last.
    var endRank: UInt32 { firstRank + UInt32(stringCount) }

    /// How what the last delta was made from corresponds with its result; nil where there is no delta.
    public var correspondence: Correspondence? {
        layers.last.map { last in last.map.correspondence(with: TypeLayers(root, layers.dropLast())) }
    }

    /// The bytes of memory that the last delta takes, or where there is none, what is stored whole.
    public var ownMemory: Int {
        guard let last = layers.last else {
            return 4 * (root.words.count + root.starts.count + root.stringStarts.count) + root.strings.count
        }
        return 4 * (last.words.count + last.starts.count) + last.map.memory
    }

    private init(_ root: TypeTable, _ layers: ArraySlice<DeltaLayer>) {
        self.root = root
        self.layers = Array(layers)
    }
}

// MARK: - One type, one string

extension TypeLayers {
    /// Where the record of a type is stored: how many layers lie beneath it, and where it starts among that one's words.
    struct Place {
        let level: Int
        let start: Int
    }

    /// The words of one of the own types, by its index, names as ranks; nil when it refers to what a delta has taken away,
    /// which only damage brings about.
    func record(_ index: Int) -> [UInt32]? {
        var record: [UInt32] = []
        return read(place(of: index), into: &record) ? record : nil
    }

    /// The start of the record of one of the own types, by its index; nil where `record` is, as far as that shows there.
    func head(_ index: Int) -> RecordHead? { head(at: place(of: index)) }

    /// Reads the record at a place.
    ///
    /// - Parameters:
    ///   - place: where it is.
    ///   - record: what it held is replaced by the words, names as ranks.
    /// - Returns: whether all that it refers to is there.
    func read(_ place: Place, into record: inout [UInt32]) -> Bool {
        record.removeAll(keepingCapacity: true)
        let words = place.level == 0 ? root.words : layers[place.level - 1].words
        let end = place.start + RecordShape.wordCount(info: words[place.start + 1])
        record.append(contentsOf: words[place.start..<end])
        for level in place.level..<layers.count where !layers[level].translate(&record) { return false }
        return true
    }

    /// The start of the record at a place.
    func head(at place: Place) -> RecordHead? {
        func head(_ words: borrowing [UInt32]) -> RecordHead {
            RecordHead(name: words[place.start], info: words[place.start + 1], third: words[place.start + 2])
        }
        var found = place.level == 0 ? head(root.words) : head(layers[place.level - 1].words)
        for level in place.level..<layers.count where !layers[level].translate(&found) { return nil }
        return found
    }

    /// The prototype of the function at a place; nil when it is no function.
    func prototype(at place: Place) -> UInt32? {
        func own(_ words: borrowing [UInt32]) -> UInt32? {
            RecordHead.isFunction(info: words[place.start + 1]) ? words[place.start + 2] : nil
        }
        guard var id = place.level == 0 ? own(root.words) : own(layers[place.level - 1].words) else { return nil }
        for level in place.level..<layers.count { id = layers[level].type(id) }
        return id
    }

    /// Where the record of one of the own types, by its index, is stored.
    func place(of index: Int) -> Place {
        var (level, at) = (layers.count, index)
        while level > 0 {
            switch layers[level - 1].origin(of: at) {
            case .base(let source): (level, at) = (level - 1, source)
            case .literal(let number): return Place(level: level, start: Int(layers[level - 1].starts[number]))
            }
        }
        return Place(level: 0, start: Int(root.starts[at]))
    }

    /// The bytes of one of the own strings, by its index, with its terminator.
    func string(_ index: Int) -> ArraySlice<UInt8> {
        var (level, at) = (layers.count, index)
        while level > 0 {
            switch layers[level - 1].map.strings.origin(of: UInt32(at)) {
            case .base(let source): (level, at) = (level - 1, source)
            case .inserted(let number): return layers[level - 1].map.strings.inserted(number)
            }
        }
        return root.strings[Int(root.stringStarts[at])..<Int(root.stringStarts[at + 1])]
    }

    /// Where the bytes of one of the own strings start, or behind the last, where they end.
    func stringOffset(_ index: Int) -> Int { stringOffset(index, level: layers.count) }

    private func stringOffset(_ index: Int, level: Int) -> Int {
        guard level > 0 else { return Int(root.stringStarts[index]) }
        return layers[level - 1].map.strings.offset(of: UInt32(index)) { stringOffset($0, level: level - 1) }
    }
}
