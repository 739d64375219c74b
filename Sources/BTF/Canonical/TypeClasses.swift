/// Which of a BTF's own types say the same.
///
/// Types start in classes by a hash of what they hold, in which a reference to a named struct, union, enumeration or
/// forward declaration counts by kind and name only. Most classes then have one type. The others are split until no
/// class holds two types that refer to different classes at the same place: what stays together is equal, cycles and
/// all. Each class has a colour, a hash that depends on content alone, never on ids.
struct TypeClasses {
    /// The class of each own type, in the order of the colours.
    private(set) var classOfType: [UInt32] = []
    /// One type of each class, by its index among the own types.
    private(set) var representatives: [UInt32] = []
    /// The most rounds of splitting that are tried.
    static let maximumRounds = 1_000

    private let btf: BTF
    private let strings: CanonicalStrings
    private var colours: [UInt64]

    /// Finds the classes of a BTF's own types.
    ///
    /// - Parameters:
    ///   - btf: the BTF.
    ///   - strings: its strings.
    /// - Throws: `BTFError` when the classes do not settle.
    init(of btf: BTF, strings: CanonicalStrings) throws(BTFError) {
        self.btf = btf
        self.strings = strings
        colours = ContentColours(of: btf, strings: strings).colours
        try splitUntilStable()
        number()
        try proveMergers()
    }

    private mutating func splitUntilStable() throws(BTFError) {
        var groups = Self.groups(of: 0..<UInt32(colours.count), by: colours)
        for _ in 0..<Self.maximumRounds {
            let members = groups.joined()
            var signatures: [UInt32: UInt64] = [:]
            signatures.reserveCapacity(groups.reduce(0) { $0 + $1.count })
            for index in members { signatures[index] = signature(of: Int(index)) }
            var isSplit = false
            var remaining: [[UInt32]] = []
            for group in groups {
                let first = signatures[group[0]]
                if group.allSatisfy({ signatures[$0] == first }) {
                    remaining.append(group)
                    continue
                }
                isSplit = true
                for index in group { colours[Int(index)] = signatures[index] ?? 0 }
                remaining += Self.groups(of: group, by: colours)
            }
            if !isSplit { return }
            groups = remaining
        }
        throw BTFError(.types, offset: 0, "types are still not told apart after \(Self.maximumRounds) rounds")
    }

    /// A type's colour, mixed with those of all that it refers to.
    private func signature(of index: Int) -> UInt64 {
        let storage = btf.storage
        var hash = colours[index]
        storage.forEachReference(ofRecordAt: Int(storage.starts[index])) { reference in
            let isOwn = reference >= storage.firstID
            hash = mix(hash, isOwn ? colours[Int(reference - storage.firstID)] : UInt64(reference))
        }
        return hash
    }

    /// Those sets of types of one colour that have more than one type.
    private static func groups(of indices: some Sequence<UInt32>, by colours: [UInt64]) -> [[UInt32]] {
        let sorted = sorted(indices, by: colours)
        var groups: [[UInt32]] = []
        var start = 0
        while start < sorted.count {
            let colour = sorted[start].key
            var end = start + 1
            while end < sorted.count, sorted[end].key == colour { end += 1 }
            if end - start > 1 { groups.append(sorted[start..<end].map(\.index)) }
            start = end
        }
        return groups
    }

    private static func sorted(_ indices: some Sequence<UInt32>, by colours: [UInt64]) -> [SortEntry] {
        var entries = indices.map { SortEntry(key: colours[Int($0)], index: $0) }
        // Most groups that are split are too small for passes over all values of a byte.
        if entries.count < 1 << 10 { entries.sort { $0.key < $1.key } } else { entries.radixSort() }
        return entries
    }

    private mutating func number() {
        classOfType = [UInt32](repeating: 0, count: colours.count)
        var last: UInt64?
        for entry in Self.sorted(0..<UInt32(colours.count), by: colours) {
            if entry.key != last { representatives.append(entry.index) }
            last = entry.key
            classOfType[Int(entry.index)] = UInt32(representatives.count - 1)
        }
    }

    /// Compares each type with its class's representative, word by word: hashes only propose.
    private func proveMergers() throws(BTFError) {
        guard representatives.count < colours.count else { return }
        let storage = btf.storage
        for index in colours.indices {
            let representative = Int(representatives[Int(classOfType[index])])
            if representative == index { continue }
            let start = Int(storage.starts[index])
            let other = Int(storage.starts[representative])
            let length = Int(storage.starts[index + 1]) - start
            guard length == Int(storage.starts[representative + 1]) - other,
                storage.words[start + 1] == storage.words[other + 1]
            else { throw collision(at: start) }
            try storage.forEachWord(ofRecordAt: start) { (at, role) throws(BTFError) in
                let (one, two) = (storage.words[at], storage.words[other + at - start])
                let isEqual =
                    switch role {
                    case .name: strings.rank(of: one) == strings.rank(of: two)
                    case .type: classes(one) == classes(two)
                    case .value: one == two
                    }
                if !isEqual { throw collision(at: start) }
            }
        }
    }

    private func classes(_ reference: UInt32) -> UInt64 {
        let firstID = btf.storage.firstID
        return reference < firstID ? UInt64(reference) : 1 << 32 | UInt64(classOfType[Int(reference - firstID)])
    }

    private func collision(at start: Int) -> BTFError {
        BTFError(.types, offset: start * 4, "the type's hash equals that of a different one")
    }
}
