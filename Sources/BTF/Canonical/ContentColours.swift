/// A hash of what each own type of a BTF holds.
///
/// References are followed through everything that has no identity of its own (pointers, arrays, modifiers,
/// typedefs, prototypes, anonymous structs and unions); a named struct, union, enumeration or forward declaration
/// counts by kind and name. Types that reach a cycle on such a path, which C cannot express, count by their own record.
struct ContentColours {
    /// The hash of each own type, by its index.
    private(set) var colours: [UInt64]

    private let btf: BTF
    private let strings: CanonicalStrings
    private var states: [State]

    private enum State: UInt8 { case new, active, done, cyclic }

    /// Hashes a BTF's own types.
    init(of btf: BTF, strings: CanonicalStrings) {
        self.btf = btf
        self.strings = strings
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
                let storage = btf.storage
                storage.forEachReference(ofRecordAt: Int(storage.starts[index])) { reference in
                    guard reference >= storage.firstID else { return }
                    let target = Int(reference - storage.firstID)
                    if states[target] == .new, !isNominal(target) { stack.append(UInt32(target)) }
                }
            case .active:
                stack.removeLast()
                finish(index)
            case .done, .cyclic:
                stack.removeLast()
            }
        }
    }

    /// Whether a reference to the type counts by its kind and name.
    private func isNominal(_ index: Int) -> Bool {
        let storage = btf.storage
        let start = Int(storage.starts[index])
        guard strings.rank(of: storage.words[start]) != 0 else { return false }
        switch storage.header(at: start).kind {
        case .structure, .union, .enumeration, .enumeration64, .forward: return true
        default: return false
        }
    }

    private mutating func finish(_ index: Int) {
        let storage = btf.storage
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
        let storage = btf.storage
        guard reference >= storage.firstID else { return mix(1, UInt64(reference)) }
        let target = Int(reference - storage.firstID)
        if isNominal(target) {
            let start = Int(storage.starts[target])
            let name = strings.hashes[Int(strings.rank(of: storage.words[start]))]
            return mix(mix(2, UInt64(storage.header(at: start).kind.rawValue)), name)
        }
        return states[target] == .done ? colours[target] : nil
    }
}
