public import BTF

/// Reading as in a BTF, one type at a time. Ids and offsets must be ones that were given out.
extension LayeredTypes: NamedTypeSource {
    /// The byte order of the machine that the types are of.
    public var byteOrder: ByteOrder {
        switch content {
        case .whole(let table): table.byteOrder
        case .delta(let layer): layer.header.byteOrder
        }
    }

    /// The first id.
    public var firstID: TypeID { TypeID(1) }

    /// The id behind the last.
    public var endID: TypeID { TypeID(UInt32(typeCount) + 1) }

    /// Finds the types that have one of a few essential names, by bisection.
    ///
    /// - Parameters:
    ///   - names: essential names, none of them empty.
    ///   - kinds: the kinds of types to look at.
    /// - Returns: for each name the ids of types that have it, in ascending order.
    public func ids(withEssentialNames names: [[UInt8]], ofKinds kinds: Set<Kind>) -> [[TypeID]] {
        names.map { name in
            let ranges = ranges(of: name)
            let flavoured = ranges.flavoured.filter { index in
                EssentialName.of(string(ofRank: header(at: index).name.rawValue).dropLast()).elementsEqual(name)
            }
            return (Array(ranges.plain) + flavoured).filter { kinds.contains(header(at: $0).kind) }
                .map { TypeID(UInt32($0) + 1) }
        }
    }

    /// Finds the types of a name, by bisection.
    ///
    /// - Parameter name: the whole name, not empty.
    /// - Returns: their ids, in ascending order.
    public func ids(named name: [UInt8]) -> [TypeID] { ranges(of: name).plain.map { TypeID(UInt32($0) + 1) } }

    /// Finds strings.
    ///
    /// - Parameter strings: the strings, without terminators.
    /// - Returns: the offsets of those that there are.
    public func offsets(of strings: Set<[UInt8]>) -> Set<StringOffset> {
        Set(strings.compactMap { rank(of: $0 + [0]) }.map(StringOffset.init(rawValue:)))
    }

    /// The header of a type's record.
    public func header(of id: TypeID) -> TypeHeader {
        id == .void ? TypeHeader(name: 0, info: 0, sizeOrType: 0) : header(at: Int(id.rawValue) - 1)
    }

    /// The members of a struct or union; none for any other kind.
    public func members(of id: TypeID) -> BTF.Members {
        let void = BTF.Members(words: [], at: 0, TypeHeader(name: 0, info: 0, sizeOrType: 0))
        guard id != .void else { return void }
        let record = record(at: Int(id.rawValue) - 1)
        return record.header.kind.isComposite
            ? BTF.Members(words: record.words, at: record.start + 3, record.header) : void
    }

    /// A type, decoded.
    public subscript(id: TypeID) -> BTFType {
        guard id != .void else { return .void }
        let record = record(at: Int(id.rawValue) - 1)
        return BTFType(record.header, words: record.words, at: record.start + 3)
    }

    /// The bytes of a string, without its terminator.
    public func bytes(at offset: StringOffset) -> ArraySlice<UInt8> { string(ofRank: offset.rawValue).dropLast() }

    /// The bytes of a string, no more than a limit of them.
    public func bytes(at offset: StringOffset, limit: Int) -> ArraySlice<UInt8> { bytes(at: offset).prefix(limit) }
}
