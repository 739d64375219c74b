/// The units of a file, in the groups in which they are read.
///
/// A group is a run of units that are read as one, because entries of one refer to entries of another: link-time
/// optimization, dwz and type units bring that about. Elsewhere each unit is a group of its own.
struct UnitGroups: Sendable {
    /// All units, in file order.
    let units: [UnitHeader]
    /// The groups, as runs of `units`.
    let groups: [Range<Int>]
    /// Whether references between units have been looked for.
    let isLinked: Bool
    /// For each unit, whether a unit of C leads to it; empty where that is not known.
    private let isReached: [Bool]
    /// Where the type of each type unit stands, by its signature.
    private let signatures: [UInt64: Int]

    /// The most bytes that a group may span: offsets inside it then fit 32 bits.
    static let sizeLimit = Int(UInt32.max)

    /// Every unit by itself, as long as none is known to refer to another.
    init(separate units: [UnitHeader]) {
        self.units = units
        groups = units.indices.map { $0..<$0 + 1 }
        isLinked = false
        isReached = []
        signatures = [:]
    }

    /// Units that refer to each other together, and all others by themselves.
    ///
    /// Only units that a unit of C leads to are put together: those of other languages are not read, and their links
    /// do not count. Groups do not overlap, so that what it takes to read them all is in proportion to the section.
    ///
    /// - Parameters:
    ///   - separate: all units.
    ///   - sections: the sections that they are in.
    ///   - symbols: what the file's symbols say.
    /// - Throws: `Fault` where an entry is damaged.
    init(
        linking separate: UnitGroups,
        _ sections: DebugSections.Readers,
        _ symbols: SymbolIndex
    ) throws(Fault) {
        units = separate.units
        var signatures: [UInt64: Int] = [:]
        for unit in units where unit.kind == .type { signatures[unit.signature] = unit.start + unit.typeOffset }
        self.signatures = signatures
        isLinked = true
        var reader = UnitReader(sections, symbols, separate)
        /// For each unit, the last one that it is tied to.
        var lasts = Array(units.indices)
        var isReached = [Bool](repeating: false, count: units.count)
        var next: [Int] = []
        for index in units.indices where try reader.isRoot(index) {
            isReached[index] = true
            next.append(index)
        }
        while let index = next.popLast() {
            for link in try reader.links(from: index, signatures) {
                if !isReached[link.unit] {
                    isReached[link.unit] = true
                    next.append(link.unit)
                }
                if link.isImport { continue }
                let first = min(index, link.unit)
                lasts[first] = max(lasts[first], max(index, link.unit))
            }
        }
        self.isReached = isReached
        groups = try UnitGroups.runs(of: units, lasts)
    }

    /// Cuts the units into runs that no tie crosses.
    private static func runs(of units: [UnitHeader], _ lasts: [Int]) throws(Fault) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        while start < units.count {
            var last = lasts[start]
            var index = start
            while index < last {
                index += 1
                last = max(last, lasts[index])
            }
            guard units[last].end - units[start].start <= sizeLimit else {
                throw Fault(.unitTooLarge, at: units[start].start)
            }
            runs.append(start..<last + 1)
            start = last + 1
        }
        return runs
    }

    /// Whether a unit of C leads to a unit.
    func leadsTo(_ unit: Int) -> Bool { unit < isReached.count && isReached[unit] }

    /// The number of the unit that holds a position, or nil.
    func unit(at position: Int) -> Int? {
        var (low, high) = (0, units.count)
        while low < high {
            let middle = (low + high) / 2
            if units[middle].end <= position { low = middle + 1 } else { high = middle }
        }
        return low < units.count && units[low].start <= position ? low : nil
    }

    /// Where the type with a signature stands, or nil.
    func position(ofSignature signature: UInt64) -> Int? { signatures[signature] }
}
