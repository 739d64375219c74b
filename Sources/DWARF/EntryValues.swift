/// The needed attributes of one entry, as its abbreviation's steps found them.
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
        /// A string of a supplementary file.
        case elsewhere
    }

    /// Where the type that an entry refers to is.
    enum Reference {
        case none
        /// At this offset from the unit's start.
        case unit(UInt64)
        /// At this offset of .debug_info.
        case section(UInt64)
        /// Behind a signature or in a supplementary file.
        case elsewhere(UInt64)
    }

    /// `valueWidth` of a value that carries its own sign.
    static let signed: UInt8 = 255

    var name = Name.none
    var type = Reference.none
    var size: UInt64?
    var memberLocation: UInt64?
    var bitSize: UInt64?
    var bitOffset: UInt64?
    var dataBitOffset: UInt64?
    var value: UInt64?
    /// How many bytes `value` was written with, or `signed`.
    var valueWidth: UInt8 = 0
    var upperBound: UInt64?
    var count: UInt64?
    var encoding: UInt64 = 0
    var sibling: UInt64 = 0
    var isDeclaration = false
    var isExternal = false
    var origin = Reference.none
    var language: UInt64?
    var stringOffsetsBase: UInt64?
    var addressBase: UInt64?
    /// The block of a DW_AT_location, or empty.
    var location: Range<Int> = 0..<0
    /// The block of a DW_AT_data_member_location, as DWARF 2 writes it, or empty.
    var memberLocationBlock: Range<Int> = 0..<0

    mutating func take(_ slot: DecodeStep.Slot, _ number: UInt64) {
        switch slot {
        case .none, .nameInline, .location: break
        case .nameInStrings: name = .strings(number)
        case .nameInLineStrings: name = .lineStrings(number)
        case .nameByIndex: name = .index(number)
        case .nameElsewhere: name = .elsewhere
        case .type: type = .unit(number)
        case .typeAnywhere: type = .section(number)
        case .typeElsewhere: type = .elsewhere(number)
        case .size: size = number
        case .memberLocation: memberLocation = number
        case .bitSize: bitSize = number
        case .bitOffset: bitOffset = number
        case .dataBitOffset: dataBitOffset = number
        case .value: value = number
        case .upperBound: upperBound = number
        case .count: count = number
        case .encoding: encoding = number
        case .sibling: sibling = number
        case .declaration: isDeclaration = number != 0
        case .external: isExternal = number != 0
        case .origin: origin = .unit(number)
        case .originElsewhere: origin = .elsewhere(number)
        case .language: language = number
        case .stringOffsetsBase: stringOffsetsBase = number
        case .addressBase: addressBase = number
        }
    }

    mutating func takeBlock(_ slot: DecodeStep.Slot, _ start: Int, _ length: Int) {
        switch slot {
        case .location: location = start..<start + length
        case .memberLocation: memberLocationBlock = start..<start + length
        default: break
        }
    }
}
