/// One type, decoded.
///
/// References are ids and names are offsets into the strings of the BTF that the type comes from, so that decoding
/// costs no look-up and two types of one BTF compare by value.
public enum BTFType: Hashable, Sendable {
    /// The type with id 0.
    case void
    /// An integer.
    case int(Integer)
    /// A pointer to a type.
    case pointer(TypeID)
    /// An array.
    case array(Array)
    /// A struct or a union.
    case composite(Composite)
    /// An enumeration of either width.
    case enumeration(Enumeration)
    /// A forward declaration of a struct, or of a union.
    case forward(name: StringOffset, isUnion: Bool)
    /// A typedef.
    case typedef(name: StringOffset, TypeID)
    /// A volatile type.
    case volatile(TypeID)
    /// A const type.
    case const(TypeID)
    /// A restrict type.
    case restrict(TypeID)
    /// A function.
    case function(Function)
    /// A function prototype.
    case functionPrototype(FunctionPrototype)
    /// A variable.
    case variable(Variable)
    /// A section of variables.
    case dataSection(DataSection)
    /// A floating point number of so many bytes.
    case float(name: StringOffset, size: UInt32)
    /// A tag on a declaration.
    case declarationTag(DeclarationTag)
    /// A tag on a type; an attribute other than btf_type_tag when `isAttribute` is set.
    case typeTag(name: StringOffset, TypeID, isAttribute: Bool)
}

// MARK: - What the kinds hold

extension BTFType {
    /// An integer type.
    public struct Integer: Hashable, Sendable {
        /// How the bits are to be read.
        public struct Encoding: OptionSet, Hashable, Sendable {
            /// The bits as the format stores them.
            public let rawValue: UInt8
            /// Makes an encoding from the format's bits.
            public init(rawValue: UInt8) { self.rawValue = rawValue }
            /// Two's complement.
            public static let signed = Encoding(rawValue: 1)
            /// A character.
            public static let character = Encoding(rawValue: 2)
            /// A boolean.
            public static let boolean = Encoding(rawValue: 4)
        }
        /// The name.
        public var name: StringOffset
        /// The size in bytes.
        public var size: UInt32
        /// How the bits are to be read.
        public var encoding: Encoding
        /// The first bit of the value, for bitfields of the format's first years.
        public var bitOffset: UInt8
        /// The number of bits in the value.
        public var bits: UInt8

        /// Makes an integer type.
        public init(name: StringOffset, size: UInt32, encoding: Encoding, bitOffset: UInt8 = 0, bits: UInt8) {
            self.name = name
            self.size = size
            self.encoding = encoding
            self.bitOffset = bitOffset
            self.bits = bits
        }
    }

    /// An array type; several dimensions are arrays of arrays.
    public struct Array: Hashable, Sendable {
        /// The type of an element.
        public var element: TypeID
        /// The type of an index.
        public var index: TypeID
        /// The number of elements; 0 for a flexible array.
        public var count: UInt32

        /// Makes an array type.
        public init(element: TypeID, index: TypeID, count: UInt32) {
            self.element = element
            self.index = index
            self.count = count
        }
    }

    /// A member of a struct or union.
    public struct Member: Hashable, Sendable {
        /// The name, empty for an anonymous struct or union.
        public var name: StringOffset
        /// The type.
        public var type: TypeID
        /// Where the member starts, in bits from the start of its struct.
        public var bitOffset: UInt32
        /// The width of a bitfield in bits, 0 for any other member.
        public var bitfieldSize: UInt8

        /// Makes a member.
        @inlinable
        public init(name: StringOffset, type: TypeID, bitOffset: UInt32, bitfieldSize: UInt8 = 0) {
            self.name = name
            self.type = type
            self.bitOffset = bitOffset
            self.bitfieldSize = bitfieldSize
        }
    }

    /// A struct or union.
    public struct Composite: Hashable, Sendable {
        /// Whether this is a union.
        public var isUnion: Bool
        /// The name, empty for an anonymous one.
        public var name: StringOffset
        /// The size in bytes.
        public var size: UInt32
        /// Whether members state their bitfield sizes (the record's kind_flag). Without it, a bitfield is a member
        /// whose INT has fewer bits than bytes.
        public var statesBitfieldSizes: Bool
        /// The members, in order.
        public var members: [Member]

        /// Makes a struct or union that states bitfield sizes when a member has one.
        ///
        /// - Parameters:
        ///   - isUnion: whether this is a union.
        ///   - name: the name.
        ///   - size: the size in bytes.
        ///   - members: the members, in order.
        ///   - statesBitfieldSizes: the record's kind_flag; by default, whether a member is a bitfield.
        public init(
            isUnion: Bool,
            name: StringOffset,
            size: UInt32,
            members: [Member],
            statesBitfieldSizes: Bool? = nil
        ) {
            self.isUnion = isUnion
            self.name = name
            self.size = size
            self.members = members
            self.statesBitfieldSizes = statesBitfieldSizes ?? members.contains { $0.bitfieldSize != 0 }
        }
    }

    /// A named value of an enumeration.
    public struct Enumerator: Hashable, Sendable {
        /// The name.
        public var name: StringOffset
        /// The value; the bit pattern of an unsigned one that is over `Int64.max`.
        public var value: Int64

        /// Makes an enumerator.
        @inlinable
        public init(name: StringOffset, value: Int64) {
            self.name = name
            self.value = value
        }
    }

    /// An enumeration.
    public struct Enumeration: Hashable, Sendable {
        /// The name, empty for an anonymous one.
        public var name: StringOffset
        /// The size of a value in bytes: 1, 2, 4 or 8.
        public var size: UInt32
        /// Whether values are signed (the record's kind_flag).
        public var isSigned: Bool
        /// Whether the record is an ENUM64, whose values have 64 bits.
        public var is64Bit: Bool
        /// The enumerators, in order; none in a forward declaration.
        public var enumerators: [Enumerator]

        /// Makes an enumeration.
        public init(name: StringOffset, size: UInt32, isSigned: Bool, is64Bit: Bool, enumerators: [Enumerator]) {
            self.name = name
            self.size = size
            self.isSigned = isSigned
            self.is64Bit = is64Bit
            self.enumerators = enumerators
        }
    }

    /// Who sees a function or variable: BTF_FUNC_* and BTF_VAR_* of `linux/btf.h`.
    public struct Linkage: RawRepresentable, Hashable, Sendable {
        /// The format's number.
        public let rawValue: UInt32
        /// Makes a linkage from the format's number.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// Its own file only.
        public static let `static` = Linkage(rawValue: 0)
        /// Every file.
        public static let global = Linkage(rawValue: 1)
        /// Defined elsewhere.
        public static let extern = Linkage(rawValue: 2)
    }

    /// A function.
    public struct Function: Hashable, Sendable {
        /// The name.
        public var name: StringOffset
        /// Its FUNC_PROTO.
        public var prototype: TypeID
        /// Who sees it.
        public var linkage: Linkage

        /// Makes a function.
        public init(name: StringOffset, prototype: TypeID, linkage: Linkage) {
            self.name = name
            self.prototype = prototype
            self.linkage = linkage
        }
    }

    /// A parameter of a prototype; without name and type, the `...` of a variadic function.
    public struct Parameter: Hashable, Sendable {
        /// The name, empty where the source gives none.
        public var name: StringOffset
        /// The type.
        public var type: TypeID

        /// Makes a parameter.
        @inlinable
        public init(name: StringOffset, type: TypeID) {
            self.name = name
            self.type = type
        }
    }

    /// A function prototype.
    public struct FunctionPrototype: Hashable, Sendable {
        /// The type of the result.
        public var result: TypeID
        /// The parameters, in order.
        public var parameters: [Parameter]

        /// Makes a prototype.
        public init(result: TypeID, parameters: [Parameter]) {
            self.result = result
            self.parameters = parameters
        }
    }

    /// A variable.
    public struct Variable: Hashable, Sendable {
        /// The name.
        public var name: StringOffset
        /// The type.
        public var type: TypeID
        /// Who sees it.
        public var linkage: Linkage

        /// Makes a variable.
        public init(name: StringOffset, type: TypeID, linkage: Linkage) {
            self.name = name
            self.type = type
            self.linkage = linkage
        }
    }

    /// A variable's place in a section.
    public struct SectionEntry: Hashable, Sendable {
        /// The VAR.
        public var variable: TypeID
        /// Where it starts, in bytes from the section's start.
        public var offset: UInt32
        /// Its size in bytes.
        public var size: UInt32

        /// Makes an entry.
        public init(variable: TypeID, offset: UInt32, size: UInt32) {
            self.variable = variable
            self.offset = offset
            self.size = size
        }
    }

    /// A section of variables, such as `.data..percpu`.
    public struct DataSection: Hashable, Sendable {
        /// The section's name.
        public var name: StringOffset
        /// The section's size in bytes.
        public var size: UInt32
        /// The variables, by offset.
        public var entries: [SectionEntry]

        /// Makes a section.
        public init(name: StringOffset, size: UInt32, entries: [SectionEntry]) {
            self.name = name
            self.size = size
            self.entries = entries
        }
    }

    /// A tag on a struct, union, typedef, variable or function, or on a member or parameter of one.
    public struct DeclarationTag: Hashable, Sendable {
        /// The tag's text.
        public var name: StringOffset
        /// What it stands on.
        public var target: TypeID
        /// The member or parameter, or -1 for the whole.
        public var component: Int32
        /// Whether this is an attribute other than btf_decl_tag (the record's kind_flag).
        public var isAttribute: Bool

        /// Makes a tag.
        public init(name: StringOffset, target: TypeID, component: Int32 = -1, isAttribute: Bool = false) {
            self.name = name
            self.target = target
            self.component = component
            self.isAttribute = isAttribute
        }
    }
}
