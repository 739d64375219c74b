/// Finds for the types of a BTF those of a base that they have become of.
///
/// Named types are paired by name and kind. Anonymous ones are paired by a hash of all that they lead to up to the next
/// name, and what is left by where paired types refer to them.
struct TypeMatching {
    private let base: TypeTable
    private let target: TypeTable
    /// Grows with each pair.
    private(set) var correspondence: Correspondence
    /// The base's id for each own type of the target, or `Correspondence.none`.
    private(set) var sources: [UInt32]

    init(from base: TypeTable, to target: TypeTable, _ correspondence: Correspondence) {
        self.base = base
        self.target = target
        self.correspondence = correspondence
        sources = [UInt32](repeating: Correspondence.none, count: target.starts.count - 1)
        pairNamed()
        pairByHash()
        pairByContext()
    }

    private mutating func pair(_ one: UInt32, _ two: UInt32) {
        correspondence.types[Int(one)] = two
        sources[Int(two - target.firstID)] = one
    }

    private func isPaired(target two: UInt32) -> Bool { sources[Int(two - target.firstID)] != Correspondence.none }

    private func isPaired(base one: UInt32) -> Bool { correspondence.types[Int(one)] != Correspondence.none }
}

// MARK: - Named types

extension TypeMatching {
    private mutating func pairNamed() {
        let ones = Self.named(base).map { (rank: correspondence.rank($0.rank), id: $0.id) }
            .filter { $0.rank != Correspondence.none }
        let twos = Self.named(target)
        var (i, j) = (0, 0)
        while i < ones.count, j < twos.count {
            let rank = min(ones[i].rank, twos[j].rank)
            var (iEnd, jEnd) = (i, j)
            while iEnd < ones.count, ones[iEnd].rank == rank { iEnd += 1 }
            while jEnd < twos.count, twos[jEnd].rank == rank { jEnd += 1 }
            if i < iEnd, j < jEnd { pairGroup(ones[i..<iEnd].map(\.id), twos[j..<jEnd].map(\.id)) }
            (i, j) = (iEnd, jEnd)
        }
    }

    /// Pairs types of one name: those of a kind first by content, then in their order, then composites of any kind.
    private mutating func pairGroup(_ ones: [UInt32], _ twos: [UInt32]) {
        if ones.count > 1 || twos.count > 1 {
            for two in twos {
                let record = target.record(of: two)
                let same = ones.first { one in
                    !isPaired(base: one) && Self.isNearlyEqual(correspondence.translate(base.record(of: one)), record)
                }
                if let same { pair(same, two) }
            }
        }
        for isStrict in [true, false] {
            for two in twos where !isPaired(target: two) {
                let kind = target.kind(of: two)
                let match = ones.first { one in
                    !isPaired(base: one)
                        && (base.kind(of: one) == kind
                            || !isStrict && Self.isTag(base.kind(of: one)) && Self.isTag(kind))
                }
                if let match { pair(match, two) }
            }
        }
    }

    /// Whether a kind's name is a tag in C, which a declaration and a definition share.
    private static func isTag(_ kind: UInt32) -> Bool { [4, 5, 6, 7, 19].contains(kind) }

    /// Whether two records are equal but for references that are not paired yet.
    private static func isNearlyEqual(_ one: [UInt32], _ two: ArraySlice<UInt32>) -> Bool {
        one.count == two.count && zip(one, two).allSatisfy { $0 == $1 || $0 == Correspondence.none }
    }

    private static func named(_ table: TypeTable) -> [(rank: UInt32, id: UInt32)] {
        var named: [(rank: UInt32, id: UInt32)] = []
        for index in 0..<(table.starts.count - 1) {
            let rank = table.words[Int(table.starts[index])]
            if rank != 0 { named.append((rank, table.firstID + UInt32(index))) }
        }
        if !zip(named, named.dropFirst()).allSatisfy({ $0.rank <= $1.rank }) { named.sort { $0.rank < $1.rank } }
        return named
    }
}

// MARK: - Anonymous types

extension TypeMatching {
    /// How far a hash looks; deeper chains without a name are rare, and are then paired by context.
    private static let rounds = 8

    private mutating func pairByHash() {
        let ones = Self.hashes(of: base, correspondence).enumerated().filter { $0.element != 0 }
        let twos = Self.hashes(of: target, nil).enumerated().filter { $0.element != 0 }
        var byHash: [UInt64: [UInt32]] = [:]
        byHash.reserveCapacity(ones.count)
        for (index, hash) in ones.reversed() { byHash[hash, default: []].append(base.firstID + UInt32(index)) }
        for (index, hash) in twos {
            if let one = byHash[hash]?.popLast() { pair(one, target.firstID + UInt32(index)) }
        }
    }

    /// A hash of each anonymous type's content; 0 for named ones.
    private static func hashes(of table: TypeTable, _ correspondence: Correspondence?) -> [UInt64] {
        let count = table.starts.count - 1
        func name(_ rank: UInt32) -> UInt64 {
            guard let correspondence else { return UInt64(rank) }
            let known = correspondence.rank(rank)
            return known == Correspondence.none ? 1 << 40 | UInt64(rank) : UInt64(known)
        }
        func outer(_ id: UInt32) -> UInt64 { UInt64(correspondence?.type(id) ?? id) }
        // What a reference to a named type counts for.
        var identities = [UInt64](repeating: 0, count: count)
        for index in 0..<count {
            let start = Int(table.starts[index])
            let rank = table.words[start]
            if rank != 0 { identities[index] = mix(name(rank), UInt64(table.words[start + 1] >> 24 & 31)) | 1 }
        }
        let isNamed = identities.map { $0 != 0 }
        var current = identities
        for _ in 0..<rounds {
            var next = current
            for index in 0..<count where !isNamed[index] {
                let start = Int(table.starts[index])
                let end = Int(table.starts[index + 1])
                let info = table.words[start + 1]
                let shape = RecordShape.of(info: info)
                var hash = mix(0x9e37, UInt64(info))
                func add(_ word: UInt32, _ role: RecordShape.Role) {
                    switch role {
                    case .value: hash = mix(hash, UInt64(word))
                    case .name: hash = mix(hash, name(word))
                    case .type:
                        if word < table.firstID {
                            hash = mix(hash, outer(word))
                        } else {
                            hash = mix(hash, current[Int(word - table.firstID)])
                        }
                    }
                }
                add(table.words[start + 2], shape.refersThroughHeader ? .type : .value)
                var at = start + 3
                while at < end {
                    for role in shape.roles {
                        add(table.words[at], role)
                        at += 1
                    }
                }
                next[index] = hash | 1
            }
            current = next
        }
        for index in 0..<count where isNamed[index] { current[index] = 0 }
        return current
    }

    /// Pairs what paired types of different content refer to at the same place.
    private mutating func pairByContext() {
        var queue = (0..<UInt32(sources.count)).filter { sources[Int($0)] != Correspondence.none }
        while let index = queue.popLast() {
            let one = base.record(of: sources[Int(index)])
            let two = target.record(of: target.firstID + index)
            for (from, to) in Alignment.references(correspondence.translate(one), raw: one, two) {
                guard from >= base.firstID, to >= target.firstID, !isPaired(base: from), !isPaired(target: to),
                    base.kind(of: from) == target.kind(of: to), base.record(of: from).first == 0,
                    target.record(of: to).first == 0
                else { continue }
                pair(from, to)
                queue.append(to - target.firstID)
            }
        }
    }
}

extension TypeTable {
    /// The words of an own type's record.
    func record(of id: UInt32) -> ArraySlice<UInt32> {
        let index = Int(id - firstID)
        return words[Int(starts[index])..<Int(starts[index + 1])]
    }

    /// The kind of an own type, by its number.
    func kind(of id: UInt32) -> UInt32 { words[Int(starts[Int(id - firstID)]) + 1] >> 24 & 31 }
}
