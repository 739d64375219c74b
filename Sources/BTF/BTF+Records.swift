/// The three words that every type record starts with: `struct btf_type`.
public struct TypeHeader: Hashable, Sendable {
    /// What the record describes.
    public let kind: Kind
    /// The record's kind_flag.
    public let kindFlag: Bool
    /// The number of members, enumerators, parameters or entries; a function's linkage.
    public let count: Int
    /// The name.
    public let name: StringOffset
    /// The size in bytes, or the id of the type referred to (`Kind.refersThroughHeader`).
    public let sizeOrType: UInt32

    /// The type referred to, where the kind refers to one.
    @inlinable
    public var type: TypeID { TypeID(sizeOrType) }

    init(kind: Kind, kindFlag: Bool, count: Int, name: StringOffset, sizeOrType: UInt32) {
        self.kind = kind
        self.kindFlag = kindFlag
        self.count = count
        self.name = name
        self.sizeOrType = sizeOrType
    }
}

// MARK: - Records without decoding

extension BTF {
    /// The header of the record of a type that this BTF contains; costs no allocation.
    public func header(of id: TypeID) -> TypeHeader {
        if id.rawValue < storage.firstID { return base?.header(of: id) ?? .void }
        return storage.header(at: Int(storage.starts[Int(id.rawValue - storage.firstID)]))
    }

    /// What the record of a type that this BTF contains describes.
    public func kind(of id: TypeID) -> Kind { header(of: id).kind }

    /// The members of a struct or union that this BTF contains, read where they lie; none for any other kind.
    public func members(of id: TypeID) -> Members {
        guard let place = extra(of: id), place.header.kind.isComposite else { return Members(words: [], at: 0, .void) }
        return Members(words: place.words, at: place.start, place.header)
    }

    /// The words behind a record's header, or nil for void.
    func extra(of id: TypeID) -> (words: [UInt32], start: Int, header: TypeHeader)? {
        if id.rawValue < storage.firstID { return base?.extra(of: id) }
        let start = Int(storage.starts[Int(id.rawValue - storage.firstID)])
        return (storage.words, start + 3, storage.header(at: start))
    }

    /// The members of a struct or union.
    public struct Members: RandomAccessCollection, Sendable {
        private let words: [UInt32]
        private let start: Int
        private let statesBitfieldSizes: Bool
        /// The number of members.
        public let endIndex: Int
        /// Zero.
        public var startIndex: Int { 0 }

        /// Reads members where they lie.
        ///
        /// - Parameters:
        ///   - words: words that hold as many members as the header says.
        ///   - start: where the first starts.
        ///   - header: the header of the struct or union.
        package init(words: [UInt32], at start: Int, _ header: TypeHeader) {
            self.words = words
            self.start = start
            statesBitfieldSizes = header.kindFlag
            endIndex = header.count
        }

        /// A member, decoded.
        public subscript(index: Int) -> BTFType.Member {
            let at = start + 3 * index
            let place = words[at + 2]
            return BTFType.Member(
                name: StringOffset(rawValue: words[at]),
                type: TypeID(words[at + 1]),
                bitOffset: statesBitfieldSizes ? place & 0xff_ffff : place,
                bitfieldSize: statesBitfieldSizes ? UInt8(truncatingIfNeeded: place >> 24) : 0
            )
        }
    }
}

extension TypeHeader {
    /// What stands for the type with id 0.
    static let void = TypeHeader(kind: .void, kindFlag: false, count: 0, name: .empty, sizeOrType: 0)
}

extension TypeHeader {
    /// Reads the first three words of a record.
    ///
    /// - Parameters:
    ///   - name: the name's offset.
    ///   - info: kind_flag, kind and vlen; a kind that is not known reads as void.
    ///   - sizeOrType: the third word.
    package init(name: UInt32, info: UInt32, sizeOrType: UInt32) {
        self.init(
            kind: Kind(rawValue: UInt8(truncatingIfNeeded: info >> 24) & 31) ?? .void,
            kindFlag: info >> 31 == 1,
            count: Int(info & 0xffff),
            name: StringOffset(rawValue: name),
            sizeOrType: sizeOrType
        )
    }

    /// The same header with another name and another third word.
    package func renumbered(name: UInt32, sizeOrType: UInt32) -> TypeHeader {
        TypeHeader(
            kind: kind,
            kindFlag: kindFlag,
            count: count,
            name: StringOffset(rawValue: name),
            sizeOrType: sizeOrType
        )
    }
}

extension BTF.Storage {
    func header(at start: Int) -> TypeHeader {
        // Parsing has proven that the kind is known.
        TypeHeader(name: words[start], info: words[start + 1], sizeOrType: words[start + 2])
    }
}

// MARK: - Decoded types

extension BTF {
    /// A type that this BTF contains, decoded.
    public subscript(id: TypeID) -> BTFType {
        guard let (words, start, header) = extra(of: id) else { return .void }
        return BTFType(header, words: words, at: start)
    }
}

extension BTFType {
    /// Decodes a record.
    ///
    /// - Parameters:
    ///   - header: its header.
    ///   - words: words that hold all that follows the header.
    ///   - start: where that starts.
    package init(_ header: TypeHeader, words: [UInt32], at start: Int) {
        let name = header.name
        switch header.kind {
        case .void: self = .void
        case .int: self = .int(.init(name: name, size: header.sizeOrType, packed: words[start]))
        case .pointer: self = .pointer(header.type)
        case .array:
            let (element, index) = (TypeID(words[start]), TypeID(words[start + 1]))
            self = .array(.init(element: element, index: index, count: words[start + 2]))
        case .structure, .union:
            let members = Swift.Array(BTF.Members(words: words, at: start, header))
            self = .composite(
                .init(
                    isUnion: header.kind == .union,
                    name: name,
                    size: header.sizeOrType,
                    members: members,
                    statesBitfieldSizes: header.kindFlag
                )
            )
        case .enumeration, .enumeration64:
            self = .enumeration(.init(header, words: words, start: start))
        case .forward: self = .forward(name: name, isUnion: header.kindFlag)
        case .typedef: self = .typedef(name: name, header.type)
        case .volatile: self = .volatile(header.type)
        case .const: self = .const(header.type)
        case .restrict: self = .restrict(header.type)
        case .function:
            let linkage = BTFType.Linkage(rawValue: UInt32(header.count))
            self = .function(.init(name: name, prototype: header.type, linkage: linkage))
        case .functionPrototype:
            let parameters = (0..<header.count).map { index in
                BTFType.Parameter(
                    name: StringOffset(rawValue: words[start + 2 * index]),
                    type: TypeID(words[start + 2 * index + 1])
                )
            }
            self = .functionPrototype(.init(result: header.type, parameters: parameters))
        case .variable:
            self = .variable(.init(name: name, type: header.type, linkage: .init(rawValue: words[start])))
        case .dataSection:
            let entries = (0..<header.count).map { index in
                let at = start + 3 * index
                return BTFType.SectionEntry(variable: TypeID(words[at]), offset: words[at + 1], size: words[at + 2])
            }
            self = .dataSection(.init(name: name, size: header.sizeOrType, entries: entries))
        case .float: self = .float(name: name, size: header.sizeOrType)
        case .declarationTag:
            let component = Int32(bitPattern: words[start])
            self = .declarationTag(
                .init(name: name, target: header.type, component: component, isAttribute: header.kindFlag)
            )
        case .typeTag: self = .typeTag(name: name, header.type, isAttribute: header.kindFlag)
        }
    }
}

extension BTFType.Integer {
    /// Unpacks the word that follows an INT's header: encoding, bit offset and bits.
    fileprivate init(name: StringOffset, size: UInt32, packed: UInt32) {
        self.init(
            name: name,
            size: size,
            encoding: Encoding(rawValue: UInt8(packed >> 24 & 0x0f)),
            bitOffset: UInt8(truncatingIfNeeded: packed >> 16),
            bits: UInt8(truncatingIfNeeded: packed)
        )
    }
}

extension BTFType.Enumeration {
    fileprivate init(_ header: TypeHeader, words: [UInt32], start: Int) {
        let is64Bit = header.kind == .enumeration64
        let enumerators = (0..<header.count).map { index in
            let at = start + (is64Bit ? 3 : 2) * index
            let low = words[at + 1]
            let value =
                if is64Bit {
                    Int64(bitPattern: UInt64(words[at + 2]) << 32 | UInt64(low))
                } else {
                    header.kindFlag ? Int64(Int32(bitPattern: low)) : Int64(low)
                }
            return BTFType.Enumerator(name: StringOffset(rawValue: words[at]), value: value)
        }
        self.init(
            name: header.name,
            size: header.sizeOrType,
            isSigned: header.kindFlag,
            is64Bit: is64Bit,
            enumerators: enumerators
        )
    }
}
