/// Types or strings that lie one behind the other in what is stored whole, or among what a layer adds.
struct Piece {
    /// The number of the layer from 1, or 0 for what is stored whole.
    let level: Int
    let first: Int
    let count: Int
}

extension TypeLayers {
    /// The own types, as pieces of where they are stored.
    func typePieces() -> [Piece] {
        var pieces: [Piece] = []
        appendTypes(0..<typeCount, level: layers.count, to: &pieces)
        return pieces
    }

    private func appendTypes(_ range: Range<Int>, level: Int, to pieces: inout [Piece]) {
        guard level > 0 else { return pieces.append(Piece(level: 0, first: range.lowerBound, count: range.count)) }
        guard !range.isEmpty else { return }
        let layer = layers[level - 1]
        let script = layer.map.script
        var index = range.lowerBound
        var number = script.run(at: index)
        while index < range.upperBound {
            let run = script.runs[number]
            let offset = index - script.places[number]
            let count = min(run.count - offset, range.upperBound - index)
            if run.operation == .copy {
                appendTypes(run.source + offset..<run.source + offset + count, level: level - 1, to: &pieces)
            } else {
                let first = layer.literalCount(before: number) + offset
                pieces.append(Piece(level: level, first: first, count: count))
            }
            index += count
            number += 1
        }
    }

    /// The own strings, as pieces of where they are stored.
    func stringPieces() -> [Piece] {
        var pieces: [Piece] = []
        appendStrings(0..<stringCount, level: layers.count, to: &pieces)
        return pieces
    }

    private func appendStrings(_ range: Range<Int>, level: Int, to pieces: inout [Piece]) {
        guard level > 0 else { return pieces.append(Piece(level: 0, first: range.lowerBound, count: range.count)) }
        guard !range.isEmpty else { return }
        let layer = layers[level - 1].map.strings
        var index = range.lowerBound
        var next = layer.runs.partitionPoint { $0.place + $0.count > index }
        while index < range.upperBound {
            let place = next < layer.runs.count ? Int(layer.runs[next].place) : Int(layer.count)
            if index < place {
                let count = min(place, range.upperBound) - index
                let first = Int(layer.insertedBefore[next]) - (place - index)
                pieces.append(Piece(level: level, first: first, count: count))
                index += count
            } else {
                let run = layer.runs[next]
                let source = Int(run.base) + index - place
                let count = min(place + Int(run.count), range.upperBound) - index
                appendStrings(source..<source + count, level: level - 1, to: &pieces)
                index += count
                next += 1
            }
        }
    }

    /// Where each string of a piece starts among its bytes, and at last where they end; and these bytes.
    func strings(of piece: Piece) -> (starts: ArraySlice<UInt32>, bytes: ArraySlice<UInt8>) {
        let (starts, bytes) =
            piece.level == 0
            ? (root.stringStarts, root.strings)
            : (layers[piece.level - 1].map.strings.insertedStarts, layers[piece.level - 1].map.strings.inserted)
        let own = starts[piece.first...piece.first + piece.count]
        return (own, bytes[Int(starts[piece.first])..<Int(starts[piece.first + piece.count])])
    }

    /// The words of a piece's types.
    func words(of piece: Piece) -> Range<Int> {
        let starts = piece.level == 0 ? root.starts : layers[piece.level - 1].starts
        return Int(starts[piece.first])..<Int(starts[piece.first + piece.count])
    }
}
