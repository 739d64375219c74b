public import BTF

/// A canonical BTF with each name given by the string's rank instead of its offset.
///
/// Ranks number the strings in their order, which is byte order; a module's own go on where its kernel's end, as ids do.
/// Between sibling kernels ranks and ids only shift, which is what a delta is made of.
public struct TypeTable: Sendable {
    let byteOrder: ByteOrder
    /// The first own id: 1, or the first behind the kernel's.
    let firstID: UInt32
    /// The first own rank: 0, or the first behind the kernel's.
    let firstRank: UInt32
    /// The offset of the first own string.
    let firstStringOffset: UInt32
    /// The records, names replaced by ranks.
    var words: [UInt32]
    /// Where each record starts in `words`, and at last where they end.
    var starts: [UInt32]
    /// The own strings with their terminators.
    var strings: [UInt8]
    /// Where each own string starts in `strings`, and at last where they end.
    var stringStarts: [UInt32]

    /// The id behind the last.
    var endID: UInt32 { firstID + UInt32(starts.count - 1) }
    /// The rank behind the last.
    var endRank: UInt32 { firstRank + UInt32(stringStarts.count - 1) }
}

// MARK: - From BTF

extension TypeTable {
    /// Takes a BTF apart; nil when it is not canonical, so that a table cannot stand for it.
    ///
    /// - Parameters:
    ///   - btf: the BTF.
    ///   - kernel: what its base gives, for a module's split BTF.
    public init?(_ btf: BTF, kernel: TypeTable? = nil) {
        byteOrder = btf.byteOrder
        firstID = kernel?.endID ?? 1
        firstRank = kernel?.endRank ?? 0
        firstStringOffset = btf.firstStringOffset
        guard firstID == btf.firstID.rawValue, firstStringOffset == kernel.map({ UInt32($0.strings.count) }) ?? 0 else {
            return nil
        }
        strings = btf.stringBytes
        starts = btf.recordStarts
        stringStarts = Self.stringStarts(in: strings)
        guard Self.areAscending(strings, stringStarts) else { return nil }
        var ranks = [UInt32](repeating: .max, count: strings.count)
        for (rank, start) in stringStarts.dropLast().enumerated() { ranks[Int(start)] = firstRank + UInt32(rank) }
        words = btf.words
        for start in starts.dropLast() {
            let isKnown = Self.replaceNames(ofRecordAt: Int(start), in: &words) { offset in
                if offset >= firstStringOffset { return ranks[Int(offset - firstStringOffset)] }
                return kernel?.rank(atOffset: offset) ?? .max
            }
            guard isKnown else { return nil }
        }
    }

    private func rank(atOffset offset: UInt32) -> UInt32 {
        var (low, high) = (0, stringStarts.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if stringStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return stringStarts[low] == offset ? firstRank + UInt32(low) : .max
    }

    /// Replaces each name in a record; false when one is replaced by `UInt32.max`.
    @inline(__always)
    private static func replaceNames(
        ofRecordAt start: Int,
        in words: inout [UInt32],
        by replacement: (UInt32) -> UInt32
    ) -> Bool {
        words[start] = replacement(words[start])
        var isKnown = words[start] != .max
        let info = words[start + 1]
        let shape = RecordShape.of(info: info)
        guard shape.roles.first == .name else { return isKnown }
        var at = start + 3
        for _ in 0..<shape.elementCount(info: info) {
            words[at] = replacement(words[at])
            isKnown = isKnown && words[at] != .max
            at += shape.roles.count
        }
        return isKnown
    }

    /// Where each string starts, and at last where they end.
    static func stringStarts(in strings: [UInt8]) -> [UInt32] {
        var starts: [UInt32] = [0]
        starts.reserveCapacity(strings.count / 8 + 2)
        let bytes = strings.span.bytes
        var at = 0
        // Eight bytes at once: a byte's highest bit comes out set where it, or one below it, is zero.
        while at + 8 <= bytes.byteCount {
            let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
            var zeroes = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            while zeroes != 0 {
                let place = at + zeroes.trailingZeroBitCount / 8
                if strings[place] == 0 { starts.append(UInt32(place + 1)) }
                zeroes &= zeroes &- 1
            }
            at += 8
        }
        while at < strings.count {
            if strings[at] == 0 { starts.append(UInt32(at + 1)) }
            at += 1
        }
        return starts
    }

    private static func areAscending(_ strings: [UInt8], _ starts: [UInt32]) -> Bool {
        for index in 1..<max(1, starts.count - 1) {
            let one = strings[Int(starts[index - 1])..<Int(starts[index])]
            let two = strings[Int(starts[index])..<Int(starts[index + 1])]
            if !one.lexicographicallyPrecedes(two) { return false }
        }
        return true
    }

    /// The bytes of an own string, with its terminator.
    func string(ofRank rank: UInt32) -> ArraySlice<UInt8> {
        let index = Int(rank - firstRank)
        return strings[Int(stringStarts[index])..<Int(stringStarts[index + 1])]
    }

    /// The rank of an own string.
    ///
    /// - Parameter string: the string with its terminator.
    /// - Returns: the rank; nil when no string is the same.
    func rank(of string: [UInt8]) -> UInt32? {
        var (low, high) = (firstRank, endRank)
        while low < high {
            let middle = (low + high) / 2
            let isBelow = StringScript.order(self.string(ofRank: middle), string[...]) < 0
            if isBelow { low = middle + 1 } else { high = middle }
        }
        return low < endRank && StringScript.order(self.string(ofRank: low), string[...]) == 0 ? low : nil
    }
}
