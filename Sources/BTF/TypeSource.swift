/// Where a kernel's types are read from, one at a time.
///
/// Solving looks up a few dozen names and reads the types that have them; a source need not have the others at hand.
/// All ids and offsets that it is asked for are ones that it gave.
public protocol TypeSource {
    /// The byte order of the machine that the types are of.
    var byteOrder: ByteOrder { get }
    /// The first id of the source's own types: 1, or the first behind its base's.
    var firstID: TypeID { get }

    /// Finds the source's own types that have one of a few essential names.
    ///
    /// - Parameters:
    ///   - names: essential names, none of them empty; a name may stand there twice.
    ///   - kinds: the kinds of types to look at.
    /// - Returns: for each name the ids of own types that have it, in ascending order.
    func ids(withEssentialNames names: [[UInt8]], ofKinds kinds: Set<Kind>) -> [[TypeID]]
    /// Finds strings.
    ///
    /// - Parameter strings: the strings, without terminators.
    /// - Returns: the offsets of those that there are.
    func offsets(of strings: Set<[UInt8]>) -> Set<StringOffset>
    /// The header of a type's record.
    func header(of id: TypeID) -> TypeHeader
    /// The members of a struct or union; none for any other kind.
    func members(of id: TypeID) -> BTF.Members
    /// A type, decoded.
    subscript(id: TypeID) -> BTFType { get }
    /// The bytes of a string, without its terminator.
    func bytes(at offset: StringOffset) -> ArraySlice<UInt8>
    /// The bytes of a string, no more than a limit of them.
    func bytes(at offset: StringOffset, limit: Int) -> ArraySlice<UInt8>
}

/// Where types can also be looked up by their whole names.
public protocol NamedTypeSource: TypeSource {
    /// Finds the source's own types of a name, of any kind.
    ///
    /// - Parameter name: the whole name, not empty.
    /// - Returns: their ids, in ascending order.
    func ids(named name: [UInt8]) -> [TypeID]
    /// The size of a pointer in bytes, told from the first INT named as a `long`; 8 when there is none.
    var pointerSize: UInt32 { get }
}

extension TypeSource {
    /// The size of a pointer in bytes: that of the first own INT of 4 or 8 bytes named as a `long`; 8 when there is none.
    ///
    /// Source: libbpf's `determine_ptr_size`.
    public var pointerSize: UInt32 {
        let longs = ids(withEssentialNames: BTF.namesOfLong, ofKinds: [.int]).joined().lazy.filter {
            [4, 8].contains(header(of: $0).sizeOrType)
                && BTF.namesOfLong.contains(Array(bytes(at: header(of: $0).name)))
        }
        return longs.min().map { header(of: $0).sizeOrType } ?? 8
    }
}

extension BTF: NamedTypeSource {}

extension TypeSource {
    /// A string, bytes that are not UTF-8 replaced.
    func string(at offset: StringOffset) -> String { String(decoding: bytes(at: offset), as: UTF8.self) }
}
