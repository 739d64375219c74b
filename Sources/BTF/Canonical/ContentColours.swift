/// A hash of what each own type of a BTF holds.
///
/// References are followed through everything that has no identity of its own (pointers, arrays, modifiers,
/// typedefs, prototypes, anonymous structs and unions); a named struct, union, enumeration or forward declaration
/// counts by kind and name. Types that reach a cycle on such a path, which C cannot express, count by their own record.
struct ContentColours {
    /// The hash of each own type, by its index.
    private(set) var colours: [UInt64]

    private let storage: BTF.Storage
    private let strings: CanonicalStrings
    /// What a reference to each type counts for when it counts by kind and name, else 0.
    private let nominal: [UInt64]
    private var states: [State]

    private enum State: UInt8 { case new, active, done, cyclic }

    /// Hashes a BTF's own types.
    init(of btf: BTF, strings: CanonicalStrings) {
        storage = btf.storage
        self.strings = strings
        nominal = storage.starts.dropLast().map { Self.nominalHash(at: Int($0), in: btf.storage, strings) }
        colours = [UInt64](repeating: 0, count: btf.typeCount)
        states = [State](repeating: .new, count: btf.typeCount)
        var stack: [UInt32] = []
        for index in 0..<btf.typeCount where states[index] == .new { visit(index, &stack) }
    }

    /// Hashes a type after all that it refers to; a stack of its own, because chains may be as long as the input.
    private mutating func visit(_ root: Int, _ stack: inout [UInt32]) {
        stack.append(UInt32(root))
        while let top = stack.last {
            let index = Int(top)
            switch states[index] {
            case .new:
                states[index] = .active
                storage.forEachReference(ofRecordAt: Int(storage.starts[index])) { reference in
                    guard reference >= storage.firstID else { return }
                    let target = Int(reference - storage.firstID)
                    if states[target] == .new, nominal[target] == 0 { stack.append(UInt32(target)) }
                }
            case .active:
                stack.removeLast()
                finish(index)
            case .done, .cyclic:
                stack.removeLast()
            }
        }
    }

    private static func nominalHash(at start: Int, in storage: BTF.Storage, _ strings: CanonicalStrings) -> UInt64 {
        let header = storage.header(at: start)
        let name = strings.rank(of: header.name.rawValue)
        switch header.kind {
        case .structure, .union, .enumeration, .enumeration64, .forward:
            return name == 0 ? 0 : mix(mix(2, UInt64(header.kind.rawValue)), strings.hashes[Int(name)])
        default:
            return 0
        }
    }

    private mutating func finish(_ index: Int) {
        let start = Int(storage.starts[index])
        var shallow: UInt64 = 0
        var deep: UInt64 = 0
        var isCyclic = false
        storage.forEachWord(ofRecordAt: start) { at, role in
            let word = storage.words[at]
            switch role {
            case .value:
                shallow = mix(shallow, UInt64(word))
                deep = mix(deep, UInt64(word))
            case .name:
                let hash = strings.hashes[Int(strings.rank(of: word))]
                shallow = mix(shallow, hash)
                deep = mix(deep, hash)
            case .type:
                guard let hash = hash(ofReference: word) else {
                    isCyclic = true
                    return
                }
                deep = mix(deep, hash)
            }
        }
        colours[index] = isCyclic ? shallow : deep
        states[index] = isCyclic ? .cyclic : .done
    }

    /// What a reference counts for, or nil when it leads into a cycle.
    private func hash(ofReference reference: UInt32) -> UInt64? {
        guard reference >= storage.firstID else { return mix(1, UInt64(reference)) }
        let target = Int(reference - storage.firstID)
        if nominal[target] != 0 { return nominal[target] }
        return states[target] == .done ? colours[target] : nil
    }
}
