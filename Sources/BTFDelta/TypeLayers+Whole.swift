internal import BTF

extension TypeLayers {
    /// The canonical bytes: header, types and strings, in the BTF's byte order.
    ///
    /// Whether they are those that went in is for the caller to check.
    ///
    /// - Parameter kernel: the kernel, for a module's BTF.
    /// - Returns: the bytes.
    /// - Throws: `DeltaError` when the deltas do not give what they promise.
    public func canonicalBytes(kernel: TypeLayers? = nil) throws(DeltaError) -> [UInt8] {
        let pieces = stringPieces().pieces
        let offsets = stringStarts(of: pieces)
        let header = BTF.header(
            byteOrder: byteOrder,
            typesLength: UInt32(4 * wordCount),
            stringsLength: UInt32(stringBytes)
        )
        let strings = pieces.map { self.strings(of: $0).bytes }
        let bytes: [UInt8]?
        if let kernel {
            guard let words = moduleWords(naming: offsets, kernel) else { throw Self.dangling }
            let all = RecordPass(sources: [words], Correspondence(types: [], ranks: []))
            bytes = all.bytes(header, [.literal(0, 0..<words.count)], wordCount, byteOrder, strings)
        } else {
            let (pass, parts) = kernelWords(naming: offsets)
            bytes = pass.bytes(header, parts, wordCount, byteOrder, strings)
        }
        guard let bytes else { throw Self.unfulfilled }
        return bytes
    }

    /// The same as one table, whose names and references all lead somewhere.
    ///
    /// - Parameter kernel: the kernel, for a module's BTF.
    /// - Returns: the table.
    /// - Throws: `DeltaError` when they do not.
    public func table(kernel: TypeLayers? = nil) throws(DeltaError) -> TypeTable {
        if layers.isEmpty {
            guard root.hasOnly(idsBelow: endID, ranksBelow: endRank, root.starts) else { throw Self.dangling }
            return root
        }
        let pieces = stringPieces().pieces
        var table = TypeTable(
            byteOrder: byteOrder,
            firstID: firstID,
            firstRank: firstRank,
            firstStringOffset: kernel.map { UInt32($0.stringBytes) } ?? 0,
            words: [],
            starts: [],
            strings: [],
            stringStarts: stringStarts(of: pieces)
        )
        table.strings.reserveCapacity(stringBytes)
        for piece in pieces { table.strings += strings(of: piece).bytes }
        if kernel == nil {
            let (pass, parts) = kernelWords(naming: Array(0..<UInt32(stringCount)))
            guard let words = pass.words(parts, wordCount) else { throw Self.unfulfilled }
            table.words = words
        } else {
            for index in 0..<typeCount {
                guard let record = record(index) else { throw Self.dangling }
                table.words += record
            }
        }
        guard let starts = TypeTable.starts(in: table.words, count: typeCount),
            table.hasOnly(idsBelow: endID, ranksBelow: endRank, starts)
        else { throw Self.dangling }
        table.starts = starts
        return table
    }

    private static var unfulfilled: DeltaError { DeltaError("it does not give as much as it promises") }
    private static var dangling: DeltaError { DeltaError("its types refer to what is not there") }
}

// MARK: - Parts

extension TypeLayers {
    /// Where each own string starts, and at last where they end.
    private func stringStarts(of pieces: [Piece]) -> [UInt32] {
        var all: [UInt32] = []
        all.reserveCapacity(stringCount + 1)
        var end: UInt32 = 0
        for piece in pieces {
            let (starts, bytes) = strings(of: piece)
            let shift = end &- (starts.first ?? 0)
            for start in starts.dropLast() { all.append(start &+ shift) }
            end += UInt32(bytes.count)
        }
        all.append(end)
        return all
    }

    /// A kernel's types, and what it takes to number them.
    ///
    /// - Parameter names: what stands for each of the own strings, by its rank.
    /// - Returns: what numbers the parts, and the parts.
    private func kernelWords(naming names: [UInt32]) -> (pass: RecordPass, parts: [RecordPass.Part]) {
        Both.of({ numberedWords(naming: names) }, { parts() })
    }

    /// What numbers the types of what is stored whole; with their words, those of each layer, numbered already.
    private func numberedWords(naming names: [UInt32]) -> RecordPass {
        var numbering = Correspondence(types: Array(0..<endID), ranks: names)
        // Those of a layer are numbered at once; how its base's are follows from it.
        var sources = [[UInt32]](repeating: [], count: layers.count + 1)
        for (index, layer) in layers.enumerated().reversed() {
            let pass = RecordPass(sources: [layer.words], numbering)
            sources[index + 1] = pass.words([.record(0, 0..<layer.words.count)], layer.words.count) ?? []
            numbering = layer.map.numbering(ofBaseIn: numbering)
        }
        sources[0] = root.words
        return RecordPass(sources: sources, numbering)
    }

    /// The types, as parts of these words.
    private func parts() -> [RecordPass.Part] {
        typePieces().pieces.map { piece in
            piece.level == 0 ? .record(0, words(of: piece)) : .literal(Int(piece.level), words(of: piece))
        }
    }

    /// A module's words, names as offsets; nil when one leads nowhere.
    private func moduleWords(naming offsets: [UInt32], _ kernel: TypeLayers) -> [UInt32]? {
        let names = ModuleNames(offsets: offsets, firstRank: firstRank, kernel: kernel)
        var words: [UInt32] = []
        words.reserveCapacity(wordCount)
        for index in 0..<typeCount {
            guard var record = record(index), names.translate(at: 0, in: &record) else { return nil }
            words += record
        }
        return words
    }
}

/// Names of a module by their offsets; types stay as they are.
private struct ModuleNames: Renumbering {
    let offsets: [UInt32]
    let firstRank: UInt32
    let kernel: TypeLayers

    func type(_ id: UInt32) -> UInt32 { id }

    func rank(_ rank: UInt32) -> UInt32 {
        if rank < firstRank { return UInt32(kernel.stringOffset(Int(rank))) }
        let index = Int(rank - firstRank)
        return index < offsets.count - 1 ? UInt32(kernel.stringBytes) + offsets[index] : Correspondence.none
    }
}

extension TypeTable {
    /// Where each of so many records starts, and at last where they end; nil when the words are something else.
    static func starts(in words: [UInt32], count: Int) -> [UInt32]? {
        var starts: [UInt32] = []
        starts.reserveCapacity(count + 1)
        var at = 0
        let words = words.span
        while at + 3 <= words.count {
            starts.append(UInt32(at))
            at += 3 + RecordShape.elementWords(info: words[at + 1])
        }
        guard at == words.count, starts.count == count else { return nil }
        starts.append(UInt32(at))
        return starts
    }

    /// Whether all references and names lead somewhere.
    fileprivate func hasOnly(idsBelow endID: UInt32, ranksBelow endRank: UInt32, _ starts: [UInt32]) -> Bool {
        let limits = ReferenceLimits(endID: endID, endRank: endRank)
        var words = words
        return starts.dropLast().allSatisfy { limits.translate(at: Int($0), in: &words) }
    }
}
