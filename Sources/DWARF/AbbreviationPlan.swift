/// Where a fixed attribute of up to 4 bytes stands in an entry, or the constant that it is in all entries.
struct Field: BitwiseCopyable {
    /// From the start of the entry's fixed bytes.
    let at: UInt8
    /// 0 to 4 bytes.
    let width: UInt8
    /// The bits that `width` bytes have.
    let mask: UInt32
    /// The value that is in no entry; 0 for an attribute that is in every entry, or in none.
    let constant: UInt32

    static let absent = Field(constant: 0)

    init(at: UInt8, width: UInt8) {
        self.at = at
        self.width = width
        mask = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(8 * width)) - 1)
        constant = 0
    }

    init(constant: UInt32) {
        at = 0
        width = 0
        mask = 0
        self.constant = constant
    }
}

/// What an abbreviation says about its entries, compiled so that an entry is read without looking at forms again.
///
/// Most entries of a kernel have attributes of fixed size only, save that a short name may stand in front as an inline
/// string. For these (`isSimple`) the fields hold each needed attribute's place. All others are read by the plan's steps.
struct AbbreviationPlan: BitwiseCopyable {
    /// What the walk does with an entry.
    enum Role: UInt8 {
        /// The code has no abbreviation.
        case missing
        case skip
        case structure
        case union
        case enumeration
        case array
        case subroutine
        case pointer
        case const
        case volatile
        case restrict
        case typedef
        /// A type that is its target in C's eyes: atomic, immutable.
        case alias
        /// A type that stands for nothing, and whatever else BTF has no word for.
        case void
        case base
        case member
        case enumerator
        case subrange
        case subprogram
        case parameter
        case unspecifiedParameters
        /// A scope that may hold types: a lexical block, a namespace.
        case scope
        case variable
        case unit
        /// A unit for others to refer to: DW_TAG_partial_unit, DW_TAG_type_unit.
        case partialUnit
        case importedUnit
        /// What compilers note of the attributes btf_decl_tag and btf_type_tag.
        case annotation
    }

    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt16
        static let hasChildren = Flags(rawValue: 1)
        /// The entry's extent is `fixedSize`, behind the leading name where there is one.
        static let isFixed = Flags(rawValue: 2)
        /// The fields say all that is needed; else the steps must be run.
        static let isSimple = Flags(rawValue: 512)
        /// The fields say all, and the entry has no children.
        static let isPlain = Flags(rawValue: 2048)
        /// The runs tell how to skip the entry.
        static let isSkippable = Flags(rawValue: 1024)
        /// The entry starts with its name, as an inline string.
        static let leadingName = Flags(rawValue: 4)
        /// The name is an offset into .debug_str.
        static let nameInStrings = Flags(rawValue: 8)
        static let declaration = Flags(rawValue: 16)
        static let hasLocation = Flags(rawValue: 32)
        /// `place` is a bit offset from the start of the struct, not a byte offset.
        static let placeInBits = Flags(rawValue: 64)
        /// The entry refers to an entry of another unit, or may do so.
        static let hasForeignReference = Flags(rawValue: 128)
        static let external = Flags(rawValue: 256)
        /// An attribute refers to an annotation.
        static let hasAnnotationChain = Flags(rawValue: 4096)
    }

    var role: Role = .missing
    var flags: Flags = []
    /// The bytes behind the code, and behind the leading name where there is one; or behind the last run.
    var fixedSize: UInt16 = 0
    var name = Field.absent
    var type = Field.absent
    /// DW_AT_data_member_location or DW_AT_data_bit_offset; a parameter's list of locations.
    var place = Field.absent
    var bitSize = Field.absent
    /// DW_AT_byte_size, or the DW_AT_const_value of an enumerator; of a function, where the unit's `addressSize` bytes of
    /// DW_AT_low_pc are.
    var value = Field.absent
    var sibling = Field.absent
    var firstStep: UInt32 = 0
    var stepCount: UInt32 = 0
    /// For an entry that is not fixed: its runs, each with something of varying size behind it, and then `fixedSize`
    /// more bytes, in which the sibling stands where there is one.
    var firstRun: UInt32 = 0
    var runCount: UInt16 = 0
}

/// A run of bytes with something of varying size behind it, all of which is skipped.
struct SkipRun: BitwiseCopyable {
    var size: UInt16
    var encoding: DecodeStep.Encoding
    var width: UInt8
}

/// One step through an entry: skip a run of bytes, then take one value.
struct DecodeStep: BitwiseCopyable {
    /// How the value is written.
    enum Encoding: UInt8 {
        /// No value: the end of the entry, or a long run.
        case none
        case fixed
        case unsigned
        case signed
        /// Not in the entry at all: DW_FORM_implicit_const and DW_FORM_flag_present.
        case constant
        case string
        /// A block whose length has `width` bytes, or is a LEB128 number when 0.
        case block
        /// DW_FORM_indirect: the form stands in the entry.
        case indirect
    }

    /// What the value is for.
    enum Slot: UInt8, CaseIterable {
        case none
        case nameInline
        case nameInStrings
        case nameInLineStrings
        case nameByIndex
        case nameElsewhere
        /// A reference inside the unit.
        case type
        /// A reference from the start of .debug_info.
        case typeAnywhere
        /// A reference to the type of a type unit.
        case typeBySignature
        /// A reference into a supplementary file.
        case typeElsewhere
        case size
        case location
        case memberLocation
        case memberLocationBlock
        case bitSize
        case bitOffset
        case dataBitOffset
        case value
        case upperBound
        case count
        case encoding
        case sibling
        case declaration
        case external
        /// DW_AT_abstract_origin or DW_AT_specification, inside the unit.
        case origin
        /// The same from the start of .debug_info; and DW_AT_import.
        case originAnywhere
        /// The same in a supplementary file.
        case originElsewhere
        /// DW_AT_GNU_annotation, inside the unit.
        case annotation
        /// The same from the start of .debug_info.
        case annotationAnywhere
        /// The same in a supplementary file.
        case annotationElsewhere
        /// DW_AT_signature: the type unit that has the type that is only declared here.
        case signature
        case language
        case stringOffsetsBase
        case addressBase
        case locationListsBase
        /// DW_AT_low_pc: where a function starts.
        case lowAddress
        /// DW_AT_location as an offset into the section of location lists.
        case locationList
        /// The same as an index into the table in front of the unit's lists.
        case locationListByIndex
        // The text of an annotation, which its DW_AT_const_value is.
        case textInline
        case textInStrings
        case textByIndex
        case textElsewhere
    }

    var skip: UInt16
    var encoding: Encoding
    var width: UInt8
    var slot: Slot
    /// The value of a constant, by its index.
    var constant: UInt32
}

extension DecodeStep.Slot {
    /// Whether the value refers to an annotation.
    var isAnnotation: Bool { self == .annotation || self == .annotationAnywhere || self == .annotationElsewhere }
}
