/// A BTF whose types are numbered by what they say.
struct NumberedTypes {
    /// The BTF.
    let btf: BTF
    /// The form of each type, by id, the base's included.
    private(set) var forms: [UInt32]
    /// The form that a reference to each type counts for, by id: for a named type that of its kind and name, or what it
    /// says as far as references are followed.
    private(set) var references: [UInt32]
    /// The own types without a name that no named one leads to.
    private(set) var loose: [TypeID] = []

    private var states: [State]
    private var nameNumbers: [UInt32]

    private enum State: UInt8 { case new, active, done }

    /// Numbers a BTF's types and its base's.
    ///
    /// Takes time proportional to the size of the BTF, and to the depth.
    ///
    /// - Parameters:
    ///   - btf: the BTF.
    ///   - table: the forms, shared by all BTFs that are to be compared.
    ///   - depth: through how many types with a name references are followed before a type counts by its kind and
    ///     name, at least 1.
    init(of btf: BTF, in table: inout FormTable, depth: Int) {
        self.btf = btf
        let count = Int(btf.endID.rawValue)
        forms = [UInt32](repeating: FormTable.void, count: count)
        references = forms
        states = []
        nameNumbers = [UInt32](repeating: UInt32.max, count: Int(btf.stringsEnd))
        let layers = btf.layers
        for layer in layers { numberNames(of: layer, &table) }
        for step in 1...max(depth, 1) {
            if step > 1 { references = followed() }
            states = [State](repeating: .new, count: count)
            states[0] = .done
            for layer in layers { number(layer, &table) }
        }
    }

    /// Numbers what types with a name count for by kind and name.
    private mutating func numberNames(of layer: BTF, _ table: inout FormTable) {
        for id in layer.ids {
            let header = layer.header(of: id)
            guard header.countsByName else { continue }
            table.append(UInt32(header.sharedKind.rawValue))
            table.append(number(ofName: header.name.rawValue, in: layer, &table))
            references[Int(id.rawValue)] = table.finish()
        }
    }

    /// What references count for when types with a name are followed through once more than before.
    private func followed() -> [UInt32] {
        forms.indices.map { btf.header(of: TypeID(UInt32($0))).countsByName ? forms[$0] : FormTable.void }
    }

    private mutating func number(_ layer: BTF, _ table: inout FormTable) {
        var stack: [UInt32] = []
        for id in layer.ids where layer.header(of: id).countsByName {
            visit(id.rawValue, in: layer.storage, layer, &table, &stack)
        }
        loose = layer.ids.filter { states[Int($0.rawValue)] == .new }
        for id in loose { visit(id.rawValue, in: layer.storage, layer, &table, &stack) }
    }

    /// Numbers a type after all that its form depends on; a stack of its own, as chains may be as long as the input.
    private mutating func visit(
        _ root: UInt32,
        in storage: BTF.Storage,
        _ layer: BTF,
        _ table: inout FormTable,
        _ stack: inout [UInt32]
    ) {
        stack.append(root)
        while let id = stack.last {
            let start = Int(storage.starts[Int(id - storage.firstID)])
            switch states[Int(id)] {
            case .new:
                states[Int(id)] = .active
                storage.forEachReference(ofRecordAt: start) { reference in
                    if states[Int(reference)] == .new, references[Int(reference)] == FormTable.void {
                        stack.append(reference)
                    }
                }
            case .active:
                stack.removeLast()
                finish(id, at: start, in: storage, layer, &table)
            case .done:
                stack.removeLast()
            }
        }
    }

    private mutating func finish(
        _ id: UInt32,
        at start: Int,
        in storage: BTF.Storage,
        _ layer: BTF,
        _ table: inout FormTable
    ) {
        storage.forEachWord(ofRecordAt: start) { at, role in
            let word = storage.words[at]
            switch role {
            case .value: table.append(word)
            case .name: table.append(number(ofName: word, in: layer, &table))
            case .type:
                let reference = references[Int(word)]
                // In a cycle without a name in it, which C cannot express, a type counts by its kind alone.
                let isCyclic = reference == FormTable.void && word != 0
                table.append(isCyclic ? ~UInt32(btf.kind(of: TypeID(word)).rawValue) : reference)
            }
        }
        let form = table.finish()
        forms[Int(id)] = form
        if references[Int(id)] == FormTable.void { references[Int(id)] = form }
        states[Int(id)] = .done
    }

    private mutating func number(ofName offset: UInt32, in layer: BTF, _ table: inout FormTable) -> UInt32 {
        let known = nameNumbers[Int(offset)]
        if known != UInt32.max { return known }
        let number = table.number(ofName: layer.bytes(at: StringOffset(rawValue: offset)))
        nameNumbers[Int(offset)] = number
        return number
    }
}

extension BTF {
    /// The BTFs that make this one up: its base's first, itself last.
    fileprivate var layers: [BTF] { (base?.layers ?? []) + [self] }
}

extension TypeHeader {
    /// Whether a reference to the type may count by kind and name: a tag on a type has a name that does not tell which.
    var countsByName: Bool { !name.isEmpty && kind != .typeTag }

    /// The kind by which a named type is referred to: a declaration stands for its definition, and an enumeration is one
    /// whatever its width.
    var sharedKind: Kind {
        switch kind {
        case .forward: kindFlag ? .union : .structure
        case .enumeration64: .enumeration
        default: kind
        }
    }
}
