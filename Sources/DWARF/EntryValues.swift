/// The needed attributes of one entry, as its abbreviation's steps found them.
///
/// Values are kept by slot with a bit that tells which are there, so that one of these is used again for every entry.
struct EntryValues {
    /// Where an entry's name is.
    enum Name {
        case none
        /// An inline string at this offset of .debug_info.
        case inline(offset: Int, length: Int)
        /// A string at this offset of .debug_str.
        case strings(UInt64)
        /// A string at this offset of .debug_line_str.
        case lineStrings(UInt64)
        /// A string whose offset is in .debug_str_offsets, at this index.
        case index(UInt64)
        /// A string at this offset of .debug_str of a supplementary file.
        case elsewhere(UInt64)
    }

    /// Where the type that an entry refers to is.
    enum Reference {
        case none
        /// At this offset from the unit's start.
        case unit(UInt64)
        /// At this offset of .debug_info.
        case section(UInt64)
        /// The type of the type unit with this signature.
        case signature(UInt64)
        /// At this offset of a supplementary file's .debug_info.
        case elsewhere(UInt64)
    }

    private var present: UInt64 = 0
    private var numbers = InlineArray<64, UInt64>(repeating: 0)
    private var nameLength = 0
    private var textLength = 0
    private var locationLength = 0
    /// Whether `value` carries its own sign.
    private(set) var isValueSigned = false

    /// Forgets all values.
    @inline(__always)
    mutating func clear() { present = 0 }

    /// Takes a number.
    @inline(__always)
    mutating func take(_ slot: DecodeStep.Slot, _ number: UInt64, isSigned: Bool = false) {
        let index = Int(slot.rawValue) & 63
        numbers[index] = number
        present |= 1 &<< UInt64(index)
        if slot == .value { isValueSigned = isSigned }
    }

    /// Takes an inline name.
    mutating func takeName(_ offset: Int, _ length: Int) {
        take(.nameInline, UInt64(offset))
        nameLength = length
    }

    /// Takes an annotation's inline text.
    mutating func takeText(_ offset: Int, _ length: Int) {
        take(.textInline, UInt64(offset))
        textLength = length
    }

    /// Takes the block of a location.
    mutating func takeBlock(_ slot: DecodeStep.Slot, _ start: Int, _ length: Int) {
        take(slot == .memberLocation ? .memberLocationBlock : slot, UInt64(start))
        locationLength = length
    }

    @inline(__always)
    private func has(_ slot: DecodeStep.Slot) -> Bool { present & 1 &<< UInt64(slot.rawValue & 63) != 0 }

    /// The number in a slot, or nil.
    @inline(__always)
    subscript(slot: DecodeStep.Slot) -> UInt64? { has(slot) ? numbers[Int(slot.rawValue) & 63] : nil }

    @inline(__always)
    var name: Name {
        if let offset = self[.nameInStrings] { return .strings(offset) }
        if let offset = self[.nameInline] { return .inline(offset: Int(offset), length: nameLength) }
        if let index = self[.nameByIndex] { return .index(index) }
        if let offset = self[.nameInLineStrings] { return .lineStrings(offset) }
        if let offset = self[.nameElsewhere] { return .elsewhere(offset) }
        return .none
    }

    /// An annotation's text.
    var text: Name {
        if let offset = self[.textInStrings] { return .strings(offset) }
        if let offset = self[.textInline] { return .inline(offset: Int(offset), length: textLength) }
        if let index = self[.textByIndex] { return .index(index) }
        if let offset = self[.textElsewhere] { return .elsewhere(offset) }
        return .none
    }

    @inline(__always)
    var type: Reference {
        if let offset = self[.type] { return .unit(offset) }
        if let offset = self[.typeAnywhere] { return .section(offset) }
        if let signature = self[.typeBySignature] { return .signature(signature) }
        if let offset = self[.typeElsewhere] { return .elsewhere(offset) }
        return .none
    }

    /// Where the entry that this one completes is.
    @inline(__always)
    var origin: Reference {
        if let offset = self[.origin] { return .unit(offset) }
        if let offset = self[.originAnywhere] { return .section(offset) }
        if let offset = self[.originElsewhere] { return .elsewhere(offset) }
        return .none
    }
    /// The first of the annotations that an entry refers to, or the next one of an annotation.
    var annotation: Reference {
        if let offset = self[.annotation] { return .unit(offset) }
        if let offset = self[.annotationAnywhere] { return .section(offset) }
        if let offset = self[.annotationElsewhere] { return .elsewhere(offset) }
        return .none
    }
    /// Whether the entry has a name of its own.
    @inline(__always)
    var hasName: Bool {
        if case .none = name { return false }
        return true
    }
    @inline(__always)
    var isDeclaration: Bool { (self[.declaration] ?? 0) != 0 }
    @inline(__always)
    var isExternal: Bool { (self[.external] ?? 0) != 0 }
    /// Where the sibling is, from the unit's start, or 0.
    @inline(__always)
    var sibling: UInt64 { self[.sibling] ?? 0 }
    /// The block of a DW_AT_location, or empty.
    @inline(__always)
    var location: Range<Int> { block(.location) }
    /// The block of a DW_AT_data_member_location, as DWARF 2 writes it, or empty.
    @inline(__always)
    var memberLocationBlock: Range<Int> { block(.memberLocationBlock) }

    @inline(__always)
    private func block(_ slot: DecodeStep.Slot) -> Range<Int> {
        guard let start = self[slot] else { return 0..<0 }
        return Int(start)..<Int(start) + locationLength
    }
}
