/// The order of a BTF's classes of types in the canonical form.
struct CanonicalOrder {
    private let btf: BTF
    private let strings: CanonicalStrings
    private let classes: TypeClasses
    /// Where each class's representative starts in the words.
    private let starts: [UInt32]
    /// The rank of each class's name.
    private let names: [UInt32]
    /// The classes, in the order of their new ids.
    private var order: [UInt32] = []
    /// The place of each class in `order`.
    private var place: [UInt32]

    /// Marks a class without a name that has no place yet.
    private static let unplaced = UInt32.max
    /// Marks a class with a name that has no place yet.
    private static let named = UInt32.max - 1

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
        let storage = btf.storage
        starts = classes.representatives.map { storage.starts[Int($0)] }
        names = starts.map { strings.rank(of: storage.words[Int($0)]) }
        place = names.map { $0 == 0 ? Self.unplaced : Self.named }
        order.reserveCapacity(place.count)
        let named = sortedNamed()
        var stack: [UInt32] = []
        for start in named { placeAnonymous(from: start, &stack) }
        // What no named type leads to; the classes' own order is that of their colours.
        for start in place.indices where names[start] == 0 {
            put(UInt32(start))
            placeAnonymous(from: UInt32(start), &stack)
        }
        for one in named { put(one) }
    }

    /// The classes with a name, by name, kind and their own number, which follows the colour.
    private func sortedNamed() -> [UInt32] {
        var entries: [SortEntry] = []
        for index in place.indices where names[index] != 0 {
            let kind = btf.storage.header(at: Int(starts[index])).kind
            entries.append(SortEntry(key: UInt64(names[index]) << 8 | UInt64(kind.rawValue), index: UInt32(index)))
        }
        entries.radixSort()
        return entries.map(\.index)
    }

    private mutating func put(_ index: UInt32) {
        guard place[Int(index)] >= Self.named else { return }
        place[Int(index)] = UInt32(order.count)
        order.append(index)
    }

    /// Places what has no name and can be reached from a class through what has none, each before what it refers to.
    private mutating func placeAnonymous(from root: UInt32, _ stack: inout [UInt32]) {
        let storage = btf.storage
        stack.append(root)
        while let index = stack.popLast() {
            if index != root {
                guard place[Int(index)] == Self.unplaced else { continue }
                put(index)
            }
            let first = stack.count
            storage.forEachReference(ofRecordAt: Int(starts[Int(index)])) { reference in
                guard reference >= storage.firstID else { return }
                let target = classes.classOfType[Int(reference - storage.firstID)]
                if place[Int(target)] == Self.unplaced { stack.append(target) }
            }
            // The stack gives back the last first.
            if stack.count - first > 1 { stack[first...].reverse() }
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
        var newStarts: [UInt32] = []
        newStarts.reserveCapacity(order.count + 1)
        for index in order {
            newStarts.append(UInt32(words.count))
            storage.forEachWord(ofRecordAt: Int(starts[Int(index)])) { at, role in
                let word = storage.words[at]
                switch role {
                case .value: words.append(word)
                case .name: words.append(offsets[Int(strings.rank(of: word))])
                case .type: words.append(newID(of: word))
                }
            }
        }
        newStarts.append(UInt32(words.count))
        return try BTF(
            checking: .init(base: btf.base, byteOrder: btf.byteOrder, words: words, starts: newStarts, strings: section)
        )
    }

    /// The id that an own type gets.
    func id(of old: TypeID) -> TypeID { TypeID(newID(of: old.rawValue)) }

    private func newID(of reference: UInt32) -> UInt32 {
        let firstID = btf.storage.firstID
        guard reference >= firstID else { return reference }
        return firstID + place[Int(classes.classOfType[Int(reference - firstID)])]
    }
}
