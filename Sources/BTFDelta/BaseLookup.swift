/// Looks types and strings of a delta's base up, mostly one behind the other.
struct BaseLookup {
    private let base: TypeLayers
    /// Where they are stored; nil where few are looked up, for which it does not pay to find out for all.
    private let types, strings: Pieces?
    /// Where the bytes of each piece of strings start.
    private var stringPlaces: [Int] = []
    private var typeHint = 0
    private var stringHint = 0

    /// Prepares.
    ///
    /// - Parameters:
    ///   - base: the base.
    ///   - isLarge: whether very many are going to be looked up.
    init(_ base: TypeLayers, isLarge: Bool) {
        self.base = base
        let isWorthIt = isLarge && !base.layers.isEmpty
        types = isWorthIt ? base.typePieces() : nil
        strings = isWorthIt ? base.stringPieces() : nil
        var bytes = 0
        for piece in strings?.pieces ?? [] {
            stringPlaces.append(bytes)
            bytes += base.strings(of: piece).bytes.count
        }
    }

    /// Where the record of one of the base's own types, by its index, is stored.
    mutating func place(of index: Int) -> TypeLayers.Place {
        guard let types else { return base.place(of: index) }
        types.find(UInt32(index), near: &typeHint)
        let piece = types.pieces[typeHint]
        let number = Int(piece.first) + index - Int(piece.place)
        let level = Int(piece.level)
        let start = level == 0 ? base.root.starts[number] : base.layers[level - 1].starts[number]
        return TypeLayers.Place(level: level, start: Int(start))
    }

    /// Where the bytes of one of the base's own strings, by its index, start, or behind the last, where they end.
    mutating func stringOffset(_ index: Int) -> Int {
        guard let strings, index < strings.count else { return base.stringOffset(index) }
        strings.find(UInt32(index), near: &stringHint)
        let piece = strings.pieces[stringHint]
        func distance(_ starts: borrowing [UInt32]) -> Int {
            let first = Int(piece.first)
            return Int(starts[first + index - Int(piece.place)] - starts[first])
        }
        return stringPlaces[stringHint]
            + (piece.level == 0
                ? distance(base.root.stringStarts)
                : distance(base.layers[Int(piece.level) - 1].map.strings.insertedStarts))
    }
}
