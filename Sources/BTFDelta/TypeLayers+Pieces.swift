/// Types or strings that lie one behind the other in what is stored whole, or among what a layer adds.
struct Piece {
    /// The number of the layer from 1, or 0 for what is stored whole.
    let level: UInt32
    let first: UInt32
    var count: UInt32
    /// The index of the first one among all.
    fileprivate(set) var place: UInt32 = 0

    init(level: Int, first: Int, count: Int) {
        self.level = UInt32(level)
        self.first = UInt32(first)
        self.count = UInt32(count)
    }
}

/// Where all types, or all strings, of a BTF in layers are stored, in their order.
struct Pieces {
    private(set) var pieces: [Piece] = []
    private(set) var count: UInt32 = 0

    /// Starts with none.
    ///
    /// - Parameter capacity: about how many pieces there will be.
    init(capacity: Int) { pieces.reserveCapacity(capacity) }

    /// Adds what comes next.
    @inline(__always)
    mutating func append(_ piece: Piece) {
        guard piece.count > 0 else { return }
        var piece = piece
        piece.place = count
        count += piece.count
        let last = pieces.count - 1
        if last >= 0, pieces[last].level == piece.level, pieces[last].first + pieces[last].count == piece.first {
            pieces[last].count += piece.count
        } else {
            pieces.append(piece)
        }
    }

    /// Adds a part of others.
    ///
    /// - Parameters:
    ///   - first: the index of its first one.
    ///   - count: how many there are.
    ///   - others: the others.
    ///   - hint: the number of the piece to look at first; afterwards, of the last one of the part.
    mutating func append(_ first: Int, _ count: Int, of others: borrowing Pieces, near hint: inout Int) {
        var (index, rest) = (UInt32(first), UInt32(count))
        while rest > 0 {
            others.find(index, near: &hint)
            var piece = others.pieces[hint]
            let offset = index - piece.place
            piece.count = min(piece.count - offset, rest)
            index += piece.count
            rest -= piece.count
            append(Piece(level: Int(piece.level), first: Int(piece.first + offset), count: Int(piece.count)))
        }
    }

    /// Finds the piece of one.
    ///
    /// - Parameters:
    ///   - index: the one.
    ///   - hint: the number of the piece to look at first; afterwards, of the right one.
    @inline(__always)
    func find(_ index: UInt32, near hint: inout Int) {
        if holds(index, hint) { return }
        hint = holds(index, hint + 1) ? hint + 1 : max(0, pieces.partitionPoint { $0.place > index } - 1)
    }

    @inline(__always)
    private func holds(_ index: UInt32, _ number: Int) -> Bool {
        number < pieces.count && index >= pieces[number].place
            && index - pieces[number].place < pieces[number].count
    }
}

extension TypeLayers {
    /// The own types, as pieces of where they are stored.
    func typePieces() -> Pieces {
        var pieces = Pieces(capacity: 1)
        pieces.append(Piece(level: 0, first: 0, count: root.starts.count - 1))
        for (number, layer) in layers.enumerated() {
            var next = Pieces(capacity: pieces.pieces.count + layer.map.script.runs.count)
            var (hint, literals) = (0, 0)
            for run in layer.map.script.runs {
                if run.operation == .copy {
                    next.append(run.source, run.count, of: pieces, near: &hint)
                } else {
                    next.append(Piece(level: number + 1, first: literals, count: run.count))
                    literals += run.count
                }
            }
            pieces = next
        }
        return pieces
    }

    /// The own strings, as pieces of where they are stored.
    func stringPieces() -> Pieces {
        var pieces = Pieces(capacity: 1)
        pieces.append(Piece(level: 0, first: 0, count: root.stringStarts.count - 1))
        for (number, layer) in layers.enumerated() {
            let strings = layer.map.strings
            var next = Pieces(capacity: pieces.pieces.count + 2 * strings.runs.count)
            var (hint, inserted) = (0, 0)
            // Inserted strings stand directly before the next run.
            for (run, before) in zip(strings.runs, strings.insertedBefore) {
                next.append(Piece(level: number + 1, first: inserted, count: Int(before) - inserted))
                inserted = Int(before)
                next.append(Int(run.base), Int(run.count), of: pieces, near: &hint)
            }
            let rest = strings.insertedStarts.count - 1 - inserted
            next.append(Piece(level: number + 1, first: inserted, count: rest))
            pieces = next
        }
        return pieces
    }

    /// Where each string of a piece starts among its bytes, and at last where they end; and these bytes.
    func strings(of piece: Piece) -> (starts: ArraySlice<UInt32>, bytes: ArraySlice<UInt8>) {
        let (starts, bytes) =
            piece.level == 0
            ? (root.stringStarts, root.strings) : layers[Int(piece.level) - 1].map.strings.insertedText
        let own = starts[Int(piece.first)...Int(piece.first + piece.count)]
        return (own, bytes[Int(own.first ?? 0)..<Int(own.last ?? 0)])
    }

    /// The words of a piece's types.
    func words(of piece: Piece) -> Range<Int> {
        let starts = piece.level == 0 ? root.starts : layers[Int(piece.level) - 1].starts
        return Int(starts[Int(piece.first)])..<Int(starts[Int(piece.first + piece.count)])
    }
}
