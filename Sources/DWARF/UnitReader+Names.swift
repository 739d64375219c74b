// Names, as keys: two entries of one file with the same key have the same name.
//
// A linker merges equal strings, so that an offset into .debug_str tells the content without looking at it. Where one
// has not, the same type gets two fingerprints, and the pool, which goes by content, makes one of them again. Where
// fingerprints are to mean the same in several files, the content is looked at after all.

extension UnitReader {
    private static let inlineShort: UInt64 = 1 << 63
    private static let inlineLong: UInt64 = 1 << 62
    private static let inLineStrings: UInt64 = 1 << 61
    private static let byContent: UInt64 = 3 << 62

    /// The key of a name in an entry that is read by fields; moves behind the name where it stands in front.
    @inline(__always)
    mutating func simpleNameKey(
        _ plan: AbbreviationPlan,
        _ info: Bytes,
        _ at: inout Int,
        end: Int
    ) throws(Fault) -> UInt64 {
        if plan.flags.contains(.nameInStrings) { return try key(ofString: UInt64(info.field(plan.name, at))) }
        guard plan.flags.contains(.leadingName) else { return 0 }
        let word = info.littleEndianWord(at)
        let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
        if _fastPath(zeros != 0) {
            // The string ends within 8 bytes: its bytes are the key.
            let bits = UInt64(zeros.trailingZeroBitCount & ~7)
            at &+= Int(bits / 8) &+ 1
            let text = word & ~(~0 &<< bits)
            return text == 0 ? 0 : UnitReader.inlineShort | text
        }
        let start = at
        guard let length = info.stringLength(at, end: end) else { throw Fault(.truncated, at: at) }
        at &+= length &+ 1
        return inlineKey(start, length)
    }

    /// The key of any name.
    mutating func nameKey(_ name: EntryValues.Name, at offset: Int) throws(Fault) -> UInt64 {
        switch name {
        case .none: return 0
        case .inline(let offset, let length): return inlineKey(offset, length)
        case .strings(let offset): return try key(ofString: offset)
        case .lineStrings(let offset):
            return keysNamesByContent
                ? try contentKey(sections.lineStrings, offset) : UnitReader.inLineStrings | offset
        case .index(let index): return try key(ofString: try stringOffset(index))
        case .elsewhere(let target): return try key(ofString: try supplementaryString(target, at: offset))
        }
    }

    /// The key of the string at an offset of .debug_str.
    @inline(__always)
    private func key(ofString offset: UInt64) throws(Fault) -> UInt64 {
        keysNamesByContent ? try contentKey(sections.strings, offset) : offset &+ 1
    }

    @inline(__always)
    private func contentKey(_ section: Bytes, _ offset: UInt64) throws(Fault) -> UInt64 {
        guard offset < UInt64(section.count), let hash = section.stringHash(Int(offset)) else {
            throw Fault(.badString(offset), .strings, at: Int(clamping: offset))
        }
        return UnitReader.byContent | hash >> 2
    }

    private mutating func inlineKey(_ offset: Int, _ length: Int) -> UInt64 {
        if length == 0 { return 0 }
        if length < 8 {
            let word = sections.info.littleEndianWord(offset)
            return UnitReader.inlineShort | word & ~(~0 &<< UInt64(8 * length))
        }
        return UnitReader.inlineLong | sections.info.fingerprint(offset, length).high >> 2
    }

    /// The offset into .debug_str that stands at an index of .debug_str_offsets.
    private mutating func stringOffset(_ index: UInt64) throws(Fault) -> UInt64 {
        let table = sections.stringOffsets
        let size = UInt64(unit.offsetSize)
        let (scaled, overflow) = index.multipliedReportingOverflow(by: size)
        guard !overflow, stringOffsetsBase <= table.count, scaled <= UInt64(table.count - stringOffsetsBase),
            UInt64(table.count - stringOffsetsBase) - scaled >= size
        else { throw Fault(.badString(index), .strings, at: 0) }
        return table.number(stringOffsetsBase + Int(scaled), width: unit.offsetSize)
    }

    /// The offset into the joined strings of one of the supplementary file's.
    private func supplementaryString(_ target: UInt64, at offset: Int) throws(Fault) -> UInt64 {
        let supplement = sections.supplement
        guard supplement.isThere else { throw Fault(.supplementaryReference(target), at: offset) }
        return min(target, UInt64(UInt32.max)) + UInt64(supplement.strings)
    }

    /// Calls `body` with where a name's bytes are.
    mutating func withName<Result>(
        _ name: EntryValues.Name,
        _ body: (Bytes, _ offset: Int, _ length: Int) -> Result
    ) throws(Fault) -> Result {
        switch name {
        case .none: return body(sections.info, 0, 0)
        case .elsewhere(let target):
            let offset = try supplementaryString(target, at: unit.start)
            return try withString(sections.strings, offset, body)
        case .inline(let offset, let length): return body(sections.info, offset, length)
        case .strings(let offset): return try withString(sections.strings, offset, body)
        case .lineStrings(let offset): return try withString(sections.lineStrings, offset, body)
        case .index(let index): return try withString(sections.strings, try stringOffset(index), body)
        }
    }

    private mutating func withString<Result>(
        _ section: Bytes,
        _ offset: UInt64,
        _ body: (Bytes, Int, Int) -> Result
    ) throws(Fault) -> Result {
        guard offset < UInt64(section.count), let length = section.stringLength(Int(offset), end: section.count) else {
            throw Fault(.badString(offset), .strings, at: Int(clamping: offset))
        }
        return body(section, Int(offset), length)
    }

    /// The pool's number for a name.
    mutating func intern(_ name: EntryValues.Name) throws(Fault) -> UInt32 {
        let place = try withName(name) { ($0, $1, $2) }
        guard place.2 <= UnitReader.nameLengthLimit else { throw Fault(.nameTooLong(place.2), at: unit.start) }
        return pool.intern(place.0, place.1, place.2)
    }
}
