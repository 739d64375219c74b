/// For each type of a BTF a hash of what it says, in which ids, the order of types and the order of strings do not count.
///
/// A reference is followed through everything without a name; through a type with a name as often as `depth` says, after
/// which it counts by kind and name. Types that reach themselves without passing a name, which C cannot express, count
/// there by their kind alone.
struct TypeDescriptions {
    /// By id, the base's types and void included.
    let hashes: [UInt64]

    /// Describes a BTF.
    ///
    /// - Parameters:
    ///   - btf: the types.
    ///   - depth: through how many named types references are followed, at least 1.
    init(of btf: BTF, depth: Int) {
        hashes = Self.layers(of: btf, depth: max(depth, 1)).last ?? []
    }

    /// For each depth from 0 on, the hash of each type by its id.
    private static func layers(of btf: BTF, depth: Int) -> [[UInt64]] {
        let below: [[UInt64]] =
            btf.base.map { Self.layers(of: $0, depth: depth) } ?? [[UInt64]](repeating: [1], count: depth)
        var names = [UInt64](repeating: 0, count: Int(btf.endID.rawValue))
        for id in 1..<max(names.count, 1) { names[id] = nameHash(of: TypeID(UInt32(id)), in: btf) }
        var layers: [[UInt64]] = []
        for step in 0..<depth {
            var layer = Layer(btf, names, below: below[step], shallower: layers.last)
            layers.append(layer.finished())
        }
        return layers
    }

    /// What a reference to a type counts for that is not followed; 0 for one that always is.
    private static func nameHash(of id: TypeID, in btf: BTF) -> UInt64 {
        let header = btf.header(of: id)
        switch header.kind {
        case .structure, .union, .enumeration, .enumeration64, .forward, .typedef, .function, .variable, .dataSection:
            if header.name.isEmpty { return 0 }
            return mix(mix(2, UInt64(header.kind.rawValue)), bytesHash(of: header.name, in: btf))
        default: return 0
        }
    }

    fileprivate static func bytesHash(of name: StringOffset, in btf: BTF) -> UInt64 {
        btf.bytes(at: name).withUnsafeBytes { contentHash($0) }
    }
}

/// The hashes at one depth.
private struct Layer {
    private let btf: BTF
    private let names: [UInt64]
    private let shallower: [UInt64]?
    private var hashes: [UInt64]
    private var states: [State]

    private enum State: UInt8 { case new, active, done }

    init(_ btf: BTF, _ names: [UInt64], below: [UInt64], shallower: [UInt64]?) {
        self.btf = btf
        self.names = names
        self.shallower = shallower
        hashes = below + [UInt64](repeating: 0, count: names.count - below.count)
        states =
            [State](repeating: .done, count: below.count)
            + [State](repeating: .new, count: names.count - below.count)
    }

    /// Hashes all types; with a stack of its own, because chains may be as long as the input.
    mutating func finished() -> [UInt64] {
        let storage = btf.storage
        var stack: [Int] = []
        for root in states.indices where states[root] == .new {
            stack.append(root)
            while let id = stack.last {
                if states[id] == .new {
                    states[id] = .active
                    storage.forEachReference(ofRecordAt: Int(storage.starts[id - Int(storage.firstID)])) { reference in
                        let target = Int(reference)
                        if names[target] == 0, states[target] == .new { stack.append(target) }
                    }
                } else {
                    stack.removeLast()
                    if states[id] == .active {
                        hashes[id] = hash(of: id)
                        states[id] = .done
                    }
                }
            }
        }
        return hashes
    }

    private func hash(of id: Int) -> UInt64 {
        let storage = btf.storage
        var hash: UInt64 = 3
        storage.forEachWord(ofRecordAt: Int(storage.starts[id - Int(storage.firstID)])) { at, role in
            let word = storage.words[at]
            switch role {
            case .value: hash = mix(hash, UInt64(word))
            case .name:
                hash = mix(hash, TypeDescriptions.bytesHash(of: StringOffset(rawValue: word), in: btf))
            case .type: hash = mix(hash, reference(to: Int(word)))
            }
        }
        return hash
    }

    private func reference(to target: Int) -> UInt64 {
        if names[target] != 0 { return shallower?[target] ?? names[target] }
        if states[target] == .done { return hashes[target] }
        return mix(4, UInt64(btf.kind(of: TypeID(UInt32(target))).rawValue))
    }
}
