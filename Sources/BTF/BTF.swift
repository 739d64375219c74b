internal import Synchronization

/// The types of a kernel or of a module, parsed and checked.
///
/// Once parsed, every name offset lies in the strings and every reference names a type, so that reading cannot fail.
/// Numbers are in host order, whatever the file's. A split BTF sees its base's types and strings as if they were its
/// own; ids and string offsets go on where the base's end.
///
/// Source: the kernel's documentation of the BTF type format (`Documentation/bpf/btf.rst`).
public struct BTF: Sendable {
    let storage: Storage

    init(storage: Storage) { self.storage = storage }

    /// What a BTF holds; a class so that copies are cheap and a base can be shared.
    final class Storage: Sendable {
        let base: BTF?
        let byteOrder: ByteOrder
        /// The type section as words in host order: every field of it is a 32-bit word.
        let words: [UInt32]
        /// Where each own type starts in `words`, and at last where they end.
        let starts: [UInt32]
        let strings: [UInt8]
        let firstID: UInt32
        let firstString: UInt32
        /// Finds own strings by content; filled by the first split BTF that is built over this one.
        let stringIndex = Mutex<StringIndex?>(nil)

        init(base: BTF?, byteOrder: ByteOrder, words: [UInt32], starts: [UInt32], strings: [UInt8]) {
            self.base = base
            self.byteOrder = byteOrder
            self.words = words
            self.starts = starts
            self.strings = strings
            firstID = base?.endID.rawValue ?? 1
            firstString = base?.stringsEnd ?? 0
        }
    }
}

// MARK: - What it covers

extension BTF {
    /// The base that this BTF's ids and strings go on from, or nil when it stands alone.
    public var base: BTF? { storage.base }

    /// The byte order of the data.
    public var byteOrder: ByteOrder { storage.byteOrder }

    /// The first id of this BTF's own types: 1, or the first behind the base's.
    public var firstID: TypeID { TypeID(storage.firstID) }

    /// The id behind the last.
    public var endID: TypeID { TypeID(storage.firstID + UInt32(storage.starts.count - 1)) }

    /// The number of types of its own, void and the base's not counted.
    public var typeCount: Int { storage.starts.count - 1 }

    /// The ids of its own types.
    public var ids: some RandomAccessCollection<TypeID> {
        (storage.firstID..<endID.rawValue).lazy.map(TypeID.init(_:))
    }

    /// Whether an id names void, an own type or one of the base's.
    @inlinable
    public func contains(_ id: TypeID) -> Bool { id < endID }

    /// The offset behind the last string, in bytes, the base's strings included.
    var stringsEnd: UInt32 { storage.firstString + UInt32(storage.strings.count) }

    /// The length of its own strings, in bytes.
    public var stringsLength: Int { storage.strings.count }

    /// The length of its own type section, in bytes.
    public var typesLength: Int { storage.words.count * 4 }
}

// MARK: - Strings

extension BTF {
    /// The bytes of a string, without its terminator.
    ///
    /// - Parameter offset: an offset from this BTF or its base.
    /// - Returns: the bytes; C gives them no encoding, in practice they are ASCII.
    public func bytes(at offset: StringOffset) -> ArraySlice<UInt8> {
        if offset.rawValue < storage.firstString, let base { return base.bytes(at: offset) }
        let start = Int(offset.rawValue - storage.firstString)
        let length = storage.strings.withUnsafeBytes { StringIndex.string(at: start, in: $0).count }
        return storage.strings[start..<start + length]
    }

    /// A string, by an offset from this BTF or its base, bytes that are not UTF-8 replaced.
    public func string(at offset: StringOffset) -> String { String(decoding: bytes(at: offset), as: UTF8.self) }

    /// The name of a type, empty when it has none.
    public func name(of id: TypeID) -> String { string(at: header(of: id).name) }
}
