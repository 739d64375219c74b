extension BTF {
    /// The same types for a consumer that knows no kind above a given one, in canonical form.
    ///
    /// What is above is written as pahole writes it for such consumers, so that all sizes and offsets stay: ENUM64 as
    /// ENUM of the same size, its values cut to 32 bits, and no ENUM says that it is signed, since that came with ENUM64;
    /// FLOAT as INT. TYPE_TAG gives way to what it tags; DECL_TAG, and
    /// sections and their variables, are left out.
    ///
    /// - Parameter maximum: the highest kind that may appear, at least `functionPrototype`: nothing could stand in for a
    ///   pointer to a function.
    /// - Returns: the lowered BTF.
    /// - Throws: `BTFError` for split BTF, whose base would get other ids; for a maximum that is too low; and for type
    ///   tags without end.
    public func lowered(to maximum: Kind) throws(BTFError) -> BTF {
        guard base == nil else {
            throw BTFError(.header, offset: 0, "split BTF refers to its base by number and cannot be lowered by itself")
        }
        guard maximum >= .functionPrototype else {
            throw BTFError(.header, offset: 0, "no kind can stand in for what is above \(maximum.standardName)")
        }
        var lowering = Lowering(of: storage, to: maximum)
        return try lowering.run().canonicalized()
    }
}

extension Kind: Comparable {
    /// Whether a kind came into the format before another: they are numbered in that order.
    public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
}

/// Rewrites records, one after the other, without those that a consumer does not know.
private struct Lowering {
    private let old: BTF.Storage
    private let maximum: Kind
    private var words: [UInt32] = []
    private var starts: [UInt32] = []
    private var strings: [UInt8]
    /// The new id of each old one; 0 for what is left out.
    private var ids: [UInt32] = [0]

    init(of storage: BTF.Storage, to maximum: Kind) {
        old = storage
        self.maximum = maximum
        strings = storage.strings
    }

    mutating func run() throws(BTFError) -> BTF {
        try assignIDs()
        for start in old.starts.dropLast() where !isLeftOut(old.header(at: Int(start)).kind) {
            starts.append(UInt32(words.count))
            write(Int(start))
        }
        starts.append(UInt32(words.count))
        return try BTF(
            checking: .init(base: nil, byteOrder: old.byteOrder, words: words, starts: starts, strings: strings)
        )
    }

    private func isLeftOut(_ kind: Kind) -> Bool {
        switch kind {
        case .variable, .dataSection, .declarationTag, .typeTag: kind > maximum
        default: false
        }
    }

    private mutating func assignIDs() throws(BTFError) {
        var next: UInt32 = 1
        for start in old.starts.dropLast() {
            let isLeftOut = isLeftOut(old.header(at: Int(start)).kind)
            ids.append(isLeftOut ? 0 : next)
            if !isLeftOut { next += 1 }
        }
        guard maximum < .typeTag else { return }
        for (index, start) in old.starts.dropLast().enumerated() {
            var target = old.header(at: Int(start))
            guard target.kind == .typeTag else { continue }
            var steps = 0
            while target.kind == .typeTag, target.type != .void {
                steps += 1
                guard steps <= Lowering.tagChainLimit else {
                    throw BTFError(.types, offset: Int(start) * 4, "TYPE_TAGs refer to each other without end")
                }
                ids[index + 1] = ids[Int(target.type.rawValue)]
                target = old.header(at: Int(old.starts[Int(target.type.rawValue) - 1]))
            }
        }
    }

    /// More tags than anyone puts on one type.
    private static let tagChainLimit = 1 << 10

    private mutating func write(_ start: Int) {
        let header = old.header(at: start)
        switch header.kind {
        case .float where maximum < .float: writeInteger(header, start)
        case .enumeration where maximum < .enumeration64: writeEnumeration(header, start, stride: 2)
        case .enumeration64 where maximum < .enumeration64: writeEnumeration(header, start, stride: 3)
        default:
            let ids = ids
            let old = old
            old.forEachWord(ofRecordAt: start) { index, role in
                let word = old.words[index]
                words.append(role == .type ? ids[Int(word)] : word)
            }
        }
    }

    /// Writes an enumeration, of which each value has so many words, as an unsigned one of values of 32 bits.
    private mutating func writeEnumeration(_ header: TypeHeader, _ start: Int, stride: Int) {
        let info = UInt32(Kind.enumeration.rawValue) << 24 | UInt32(header.count)
        words += [old.words[start], info, old.words[start + 2]]
        for index in 0..<header.count {
            words.append(old.words[start + 3 + stride * index])
            words.append(old.words[start + 4 + stride * index])
        }
    }

    /// Writes a floating point number as an integer of its size; where there is none, as pahole names it.
    private mutating func writeInteger(_ header: TypeHeader, _ start: Int) {
        let isWhole = [1, 2, 4, 8, 16].contains(header.sizeOrType)
        var name = old.words[start]
        if !isWhole {
            name = UInt32(strings.count)
            strings += Array("__SANITIZED_FAKE_INT__".utf8) + [0]
        }
        let size = isWhole ? header.sizeOrType : 4
        words += [name, UInt32(Kind.int.rawValue) << 24, size, size * 8]
    }
}
