/// Where each id and each string of a delta's base has gone.
struct LayerMap: Renumbering {
    /// The first own id of the result and of the base.
    let firstID, baseFirstID: UInt32
    /// The first own rank of the result and of the base.
    let firstRank, baseFirstRank: UInt32
    let script: TypeScript
    let strings: StringLayer
    /// For split BTF whose kernel is another than its base's: the kernel's last delta.
    private let outer: DeltaLayer?
    /// The same in tables, where there are so many runs that these are faster to look up in; else empty.
    private var tables = Correspondence(types: [], ranks: [])

    /// From how many runs on there are tables.
    private static let tabulated = 500

    /// Reads the scripts of a delta.
    ///
    /// - Throws: `DeltaError` when they are malformed.
    init(
        _ reader: inout SymbolReader,
        _ header: DeltaHeader,
        on base: TypeLayers,
        _ lookup: inout BaseLookup,
        kernel: TypeLayers?,
        outer: DeltaLayer?
    ) throws(DeltaError) {
        firstID = kernel?.endID ?? 1
        firstRank = kernel?.endRank ?? 0
        baseFirstID = base.firstID
        baseFirstRank = base.firstRank
        self.outer = outer
        strings = try StringLayer(&reader, header, on: base, &lookup)
        script = TypeScript(
            runs: try Delta.readRuns(&reader, baseCount: header.baseTypeCount, typeCount: header.typeCount),
            baseCount: header.baseTypeCount,
            targetCount: header.typeCount
        )
        if script.runs.count > Self.tabulated { tables = correspondence(with: base) }
    }

    /// The bytes of memory that it takes.
    var memory: Int {
        4 * (tables.types.count + tables.ranks.count) + 48 * script.runs.count + 24 * strings.runs.count
            + 4 * strings.insertedStarts.count + strings.inserted.count
    }

    @inline(__always)
    func type(_ id: UInt32) -> UInt32 { tables.types.isEmpty ? searchedType(id) : tables.type(id) }

    @inline(__always)
    func rank(_ rank: UInt32) -> UInt32 { tables.types.isEmpty ? searchedRank(rank) : tables.rank(rank) }

    @inline(never)
    private func searchedType(_ id: UInt32) -> UInt32 {
        guard id >= baseFirstID else { return id == 0 ? 0 : outer?.map.type(id) ?? id }
        guard id - baseFirstID < UInt32(script.baseCount), let found = script.target(of: Int(id - baseFirstID)) else {
            return Correspondence.none
        }
        return firstID + UInt32(found.index)
    }

    @inline(never)
    private func searchedRank(_ rank: UInt32) -> UInt32 {
        guard rank >= baseFirstRank else { return outer?.map.rank(rank) ?? rank }
        guard let index = strings.target(of: rank - baseFirstRank) else { return Correspondence.none }
        return firstRank + index
    }

    /// The same in tables.
    func correspondence(with base: TypeLayers) -> Correspondence {
        var types = (0..<base.firstID).map { type($0) }
        var ranks = (0..<base.firstRank).map { rank($0) }
        types += [UInt32](repeating: Correspondence.none, count: base.typeCount)
        ranks += [UInt32](repeating: Correspondence.none, count: base.stringCount)
        for (run, place) in zip(script.runs, script.places) where run.operation != .fresh {
            let from = Int(base.firstID) + run.source
            for index in 0..<run.count { types[from + index] = firstID + UInt32(place + index) }
        }
        for run in strings.runs {
            let from = Int(base.firstRank + run.base)
            for index in 0..<Int(run.count) { ranks[from + index] = firstRank + run.place + UInt32(index) }
        }
        return Correspondence(types: types, ranks: ranks)
    }

    /// How what numbers a kernel's result numbers its base.
    func numbering(ofBaseIn result: Correspondence) -> Correspondence {
        var types = [UInt32](repeating: Correspondence.none, count: script.baseCount + 1)
        types[0] = 0
        for (run, place) in zip(script.runs, script.places) where run.operation != .fresh {
            let from = run.source + 1
            types.replaceSubrange(from..<from + run.count, with: result.types[place + 1..<place + 1 + run.count])
        }
        var ranks: [UInt32] = []
        ranks.reserveCapacity(strings.baseCount)
        for run in strings.runs {
            while ranks.count < run.base { ranks.append(Correspondence.none) }
            ranks += result.ranks[Int(run.place)..<Int(run.place + run.count)]
        }
        while ranks.count < strings.baseCount { ranks.append(Correspondence.none) }
        return Correspondence(types: types, ranks: ranks)
    }
}
