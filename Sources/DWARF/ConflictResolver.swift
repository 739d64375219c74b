/// Gives the types of units in which a name is defined otherwise than elsewhere a meaning of their own.
///
/// A reference to a named struct counts by its name alone while units are read, which is right as long as the name has
/// one definition. Some names have several, each private to a source file as a rule. A type that leads to such a name
/// is a different type where it leads to a different definition, however far away; libbpf's deduplication keeps them
/// apart as well. So the units that define such a name are read again: once to take back what they hold, and to find
/// the types that lead to the definition; and once with each of these set apart by a signature, the definitions that it
/// leads to.
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
        let conflicted = findConflicts(gathered.pool)
        gathered.conflictedNames = conflicted.count
        if conflicted.isEmpty { return }
        let (defining, declaring) = concernedUnits(gathered, conflicted)
        guard let readers = try? sections.readers() else { return }

        var reader = UnitReader(readers, symbols, groups, gathered.takeMemory())
        for (isDefining, numbers) in [(true, defining), (false, declaring)] {
            for number in numbers {
                reader.weight = -1
                reader.signatures = []
                try reader.read(groups.groups[number])
                reader.weight = 1
                reader.signatures = signatures(in: &reader, isDefining: isDefining)
                try reader.read(groups.groups[number])
            }
        }
        gathered.resume(reader.found())
    }

    /// The names with several definitions, by their nominal records; notes the default definition of each.
    private mutating func findConflicts(_ pool: TypePool) -> Set<TypePool.NodeID> {
        var conflicted: Set<TypePool.NodeID> = []
        let definitions = NameDefinitions(in: pool)
        for name in definitions.names where definitions.areSeveral(of: name) {
            conflicted.insert(name)
            let most = pool.nodes[Int(definitions.mostUsed(of: name, in: pool))]
            let isDefault = Int(most.uses) > max(groups.groups.count / ConflictResolver.defaultShare, 4)
            defaults[pool.nodes[Int(name)].fingerprint] = isDefault ? most.fingerprint : .some(nil)
        }
        return conflicted
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
        let users = EntryUsers(in: reader)
        for entry in 0..<reader.entries.count where reader.entries[entry].isNominal {
            let nominal = reader.known.value(for: reader.directory[entry])
            guard nominal != 0 else { continue }
            let name = reader.pool.nodes[Int(nominal)].fingerprint
            guard let preset = defaults[name] else { continue }
            let reaching = users.reaching(entry)
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

/// For each entry of a unit, the entries that refer to it, as a flat list.
private struct EntryUsers {
    private var first: [Int]
    private var users: [Int]

    /// Lists the users in the unit that was just read.
    init(in reader: borrowing UnitReader) {
        first = [Int](repeating: 0, count: reader.entries.count + 1)
        var links: [(target: Int, user: Int)] = []
        for entry in 0..<reader.entries.count {
            let start = Int(reader.entries[entry].firstReference)
            for position in start..<start + Int(reader.entries[entry].referenceCount) {
                let offset = reader.references[position]
                guard offset != 0, let target = reader.directory.find(offset) else { continue }
                links.append((target, entry))
                first[target] += 1
            }
        }
        var sum = 0
        for target in first.indices {
            sum += first[target]
            first[target] = sum
        }
        users = [Int](repeating: 0, count: links.count)
        for link in links {
            first[link.target] -= 1
            users[first[link.target]] = link.user
        }
    }

    /// The entries that lead to an entry, itself among them.
    func reaching(_ entry: Int) -> [Int] {
        var isReached = [Bool](repeating: false, count: first.count - 1)
        isReached[entry] = true
        var reached = [entry]
        var next = 0
        while next < reached.count {
            for user in users[first[reached[next]]..<first[reached[next] + 1]] where !isReached[user] {
                isReached[user] = true
                reached.append(user)
            }
            next += 1
        }
        return reached
    }
}
