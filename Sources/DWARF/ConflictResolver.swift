/// Gives the types of units in which a name is defined otherwise than elsewhere a meaning of their own.
///
/// A reference to a named struct counts by its name alone while units are read, which is right as long as the name has
/// one definition. Some names have several, each private to a source file as a rule. A type that leads to such a name
/// is a different type where it leads to a different definition, however far away; libbpf's deduplication keeps them
/// apart as well. So the units that define such a name are read again: each of their types that leads to the definition
/// is set apart by a signature, the definitions that it leads to. What the first reading had found in these units is
/// taken back.
///
/// A unit that only declares such a name takes the definition with which one of its structs occurs elsewhere, as
/// libbpf's does; where there is none, the declaration stays one.
struct ConflictResolver {
    private let sections: DebugSections
    private let symbols: SymbolIndex
    private let groups: UnitGroups
    /// For each name with several definitions, the definition that a reference means where nothing else is said:
    /// one that stands in a header, so that a large share of all units has it. Empty for none.
    private var defaults: [Fingerprint: Fingerprint?] = [:]
    /// For each named type that leads to a conflicted name, which definitions it was seen with.
    private var meanings: [Fingerprint: Set<Binding>] = [:]

    /// A conflicted name with one of its definitions.
    private struct Binding: Hashable, Comparable {
        let name: Fingerprint
        let definition: Fingerprint

        static func < (left: Binding, right: Binding) -> Bool {
            (left.name, left.definition) < (right.name, right.definition)
        }
    }

    /// A definition that more than one unit in so many has is the default one.
    private static let defaultShare = 8

    init(_ sections: DebugSections, _ symbols: SymbolIndex, _ groups: UnitGroups) {
        self.sections = sections
        self.symbols = symbols
        self.groups = groups
    }

    /// Replaces what units with conflicted names have brought in.
    mutating func resolve(_ gathered: inout GatheredTypes) throws(Fault) {
        let pool = gathered.pool
        var conflicted: Set<TypePool.NodeID> = []
        let definitions = NameDefinitions(in: pool)
        for name in definitions.names where definitions.areSeveral(of: name) {
            conflicted.insert(name)
            let most = pool.nodes[Int(definitions.mostUsed(of: name, in: pool))]
            let isDefault = Int(most.uses) > max(groups.groups.count / ConflictResolver.defaultShare, 4)
            defaults[pool.nodes[Int(name)].fingerprint] = isDefault ? most.fingerprint : .some(nil)
        }
        gathered.conflictedNames = conflicted.count
        if conflicted.isEmpty { return }
        let (defining, declaring) = concernedUnits(gathered, conflicted)
        guard let readers = try? sections.readers() else { return }

        var plain = UnitReader(readers, symbols, groups)
        var bound = UnitReader(readers, symbols, groups)
        for (isDefining, numbers) in [(true, defining), (false, declaring)] {
            for number in numbers {
                try plain.read(groups.groups[number])
                bound.signatures = signatures(in: &plain, isDefining: isDefining)
                try bound.read(groups.groups[number])
            }
        }
        var old = plain.found()
        var new = bound.found()
        old.counts = UnitCounts()
        new.counts = UnitCounts()
        gathered.remove(old)
        gathered.add(new)
    }

    /// The units to read again: those that define a conflicted name otherwise than by default, and those that only
    /// declare one that has no default.
    private func concernedUnits(
        _ gathered: GatheredTypes,
        _ conflicted: Set<TypePool.NodeID>
    ) -> (defining: [Int], declaring: [Int]) {
        let pool = gathered.pool
        /// For each record: 1 where it declares a conflicted name without a default, 2 where it defines one otherwise.
        var marks = [UInt8](repeating: 0, count: pool.nodes.count)
        for (index, node) in pool.nodes.enumerated() {
            if node.shape == .nominal {
                if conflicted.contains(UInt32(index)), defaults[node.fingerprint] == .some(nil) { marks[index] = 1 }
            } else if node.isDefinition, conflicted.contains(node.target) {
                let name = pool.nodes[Int(node.target)].fingerprint
                if defaults[name] != .some(node.fingerprint) { marks[index] = 2 }
            }
        }
        var defining: [Int] = []
        var declaring: [Int] = []
        gathered.forEachUnit { unit, types in
            var mark: UInt8 = 0
            for type in types { mark = max(mark, marks[Int(type)]) }
            if mark == 2 { defining.append(unit) }
            if mark == 1 { declaring.append(unit) }
        }
        return (defining.sorted(), declaring.sorted())
    }

    /// For each entry of the unit that was just read, the definitions of conflicted names that it leads to, hashed.
    private mutating func signatures(in reader: inout UnitReader, isDefining: Bool) -> [Fingerprint] {
        var bindings = [[Binding]](repeating: [], count: reader.entries.count)
        let users = reader.users()
        for entry in 0..<reader.entries.count where reader.entries[entry].isNominal {
            let nominal = reader.known.value(for: reader.directory[entry])
            guard nominal != 0 else { continue }
            let name = reader.pool.nodes[Int(nominal)].fingerprint
            guard let preset = defaults[name] else { continue }
            let reaching = reader.reaching(entry, users)
            var definition: Fingerprint?
            if reader.entries[entry].isDeclaration {
                definition = preset == nil ? meaning(of: name, for: reaching, in: &reader) : nil
            } else {
                let node = reader.known.value(for: reader.entries[entry].local)
                definition = reader.pool.nodes[Int(node)].fingerprint
            }
            guard let definition, definition != preset else { continue }
            for user in reaching { bindings[user].append(Binding(name: name, definition: definition)) }
        }
        return bindings.enumerated().map { entry, bindings in
            if bindings.isEmpty { return .zero }
            var hash = Fingerprint(seed: 0x7369_676e)
            for binding in Set(bindings).sorted() {
                hash.mix(binding.name)
                hash.mix(binding.definition)
            }
            if isDefining, reader.entries[entry].isNominal, !reader.entries[entry].isDeclaration {
                let nominal = reader.known.value(for: reader.directory[entry])
                meanings[reader.pool.nodes[Int(nominal)].fingerprint, default: []].formUnion(bindings)
            }
            return hash
        }
    }

    /// The definition of a declared name that one of a unit's structs was seen with in another unit.
    private func meaning(of name: Fingerprint, for users: [Int], in reader: inout UnitReader) -> Fingerprint? {
        var found: Set<Fingerprint> = []
        for user in users where reader.entries[user].isNominal && !reader.entries[user].isDeclaration {
            let nominal = reader.known.value(for: reader.directory[user])
            for binding in meanings[reader.pool.nodes[Int(nominal)].fingerprint] ?? [] where binding.name == name {
                found.insert(binding.definition)
            }
        }
        return found.min()
    }
}

extension UnitReader {
    /// For each entry of the unit, the entries that refer to it.
    fileprivate mutating func users() -> [[Int]] {
        var users = [[Int]](repeating: [], count: entries.count)
        for entry in 0..<entries.count {
            let first = Int(entries[entry].firstReference)
            for position in first..<first + Int(entries[entry].referenceCount) {
                let offset = references[position]
                if offset != 0, let target = directory.find(offset) { users[target].append(entry) }
            }
        }
        return users
    }

    /// The entries that lead to an entry, itself among them.
    fileprivate mutating func reaching(_ entry: Int, _ users: [[Int]]) -> [Int] {
        var isReached = [Bool](repeating: false, count: users.count)
        isReached[entry] = true
        var reached = [entry]
        var next = 0
        while next < reached.count {
            for user in users[reached[next]] where !isReached[user] {
                isReached[user] = true
                reached.append(user)
            }
            next += 1
        }
        return reached
    }
}
