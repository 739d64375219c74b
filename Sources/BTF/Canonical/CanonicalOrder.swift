/// The order of a BTF's classes of types in the canonical form.
struct CanonicalOrder {
    private let btf: BTF
    private let strings: CanonicalStrings
    private let classes: TypeClasses
    /// The classes, in the order of their new ids.
    private var order: [UInt32] = []
    /// The place of each class in `order`.
    private var place: [UInt32]

    private static let unplaced = UInt32.max

    /// Orders the classes.
    ///
    /// - Parameters:
    ///   - btf: the BTF that the classes are of.
    ///   - strings: its strings.
    ///   - classes: its classes of types.
    init(of btf: BTF, strings: CanonicalStrings, classes: TypeClasses) {
        self.btf = btf
        self.strings = strings
        self.classes = classes
        place = [UInt32](repeating: Self.unplaced, count: classes.representatives.count)
        order.reserveCapacity(place.count)
        let named = sortedNamed()
        for start in named { placeAnonymous(from: start) }
        // What no named type leads to; the classes' own order is that of their colours.
        for start in place.indices where rank(of: UInt32(start)) == 0 {
            put(UInt32(start))
            placeAnonymous(from: UInt32(start))
        }
        for one in named { put(one) }
    }

    private func start(of index: UInt32) -> Int { Int(btf.storage.starts[Int(classes.representatives[Int(index)])]) }

    private func rank(of index: UInt32) -> UInt32 { strings.rank(of: btf.storage.words[start(of: index)]) }

    private func sortedNamed() -> [UInt32] {
        // Name, kind and class number, packed so that comparing is one step; a class's number follows its colour.
        var keys: [(name: UInt32, rest: UInt64)] = []
        for index in place.indices {
            let name = rank(of: UInt32(index))
            let kind = btf.storage.header(at: start(of: UInt32(index))).kind
            if name != 0 { keys.append((name, UInt64(kind.rawValue) << 32 | UInt64(index))) }
        }
        keys.sort { $0.name != $1.name ? $0.name < $1.name : $0.rest < $1.rest }
        return keys.map { UInt32(truncatingIfNeeded: $0.rest) }
    }

    private mutating func put(_ index: UInt32) {
        guard place[Int(index)] == Self.unplaced else { return }
        place[Int(index)] = UInt32(order.count)
        order.append(index)
    }

    /// Places what has no name and can be reached from a class through what has none, each before what it refers to.
    private mutating func placeAnonymous(from root: UInt32) {
        let storage = btf.storage
        var stack = [root]
        var references: [UInt32] = []
        while let index = stack.popLast() {
            if index != root {
                guard place[Int(index)] == Self.unplaced else { continue }
                put(index)
            }
            references.removeAll(keepingCapacity: true)
            storage.forEachReference(ofRecordAt: start(of: index)) { reference in
                guard reference >= storage.firstID else { return }
                let target = classes.classOfType[Int(reference - storage.firstID)]
                if place[Int(target)] == Self.unplaced, rank(of: target) == 0 { references.append(target) }
            }
            stack.append(contentsOf: references.reversed())
        }
    }

    /// Writes the classes in their order.
    ///
    /// - Returns: the canonical BTF.
    /// - Throws: `BTFError` when the checks that every BTF passes fail.
    func emit() throws(BTFError) -> BTF {
        let storage = btf.storage
        let (offsets, section) = strings.laidOut(over: btf.base)
        var words: [UInt32] = []
        words.reserveCapacity(storage.words.count)
        var starts: [UInt32] = []
        starts.reserveCapacity(order.count + 1)
        for index in order {
            starts.append(UInt32(words.count))
            storage.forEachWord(ofRecordAt: start(of: index)) { at, role in
                let word = storage.words[at]
                switch role {
                case .value: words.append(word)
                case .name: words.append(offsets[Int(strings.rank(of: word))])
                case .type: words.append(newID(of: word))
                }
            }
        }
        starts.append(UInt32(words.count))
        return try BTF(
            checking: .init(base: btf.base, byteOrder: btf.byteOrder, words: words, starts: starts, strings: section)
        )
    }

    private func newID(of reference: UInt32) -> UInt32 {
        let firstID = btf.storage.firstID
        guard reference >= firstID else { return reference }
        return firstID + place[Int(classes.classOfType[Int(reference - firstID)])]
    }
}
