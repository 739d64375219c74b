import BTF

/// A source of types that notes which ones are read.
struct RecordedSource<Base: TypeSource>: TypeSource {
    let base: Base
    let reads = ReadLog()

    var byteOrder: ByteOrder { base.byteOrder }
    var firstID: TypeID { base.firstID }

    func ids(withEssentialNames names: [[UInt8]], ofKinds kinds: Set<Kind>) -> [[TypeID]] {
        base.ids(withEssentialNames: names, ofKinds: kinds)
    }

    func offsets(of strings: Set<[UInt8]>) -> Set<StringOffset> { base.offsets(of: strings) }

    func header(of id: TypeID) -> TypeHeader {
        reads.note(id)
        return base.header(of: id)
    }

    func members(of id: TypeID) -> BTF.Members {
        reads.note(id)
        return base.members(of: id)
    }

    subscript(id: TypeID) -> BTFType {
        reads.note(id)
        return base[id]
    }

    func bytes(at offset: StringOffset) -> ArraySlice<UInt8> { base.bytes(at: offset) }

    func bytes(at offset: StringOffset, limit: Int) -> ArraySlice<UInt8> { base.bytes(at: offset, limit: limit) }
}

/// Which types were read; a class, because reading changes nothing else of a source.
final class ReadLog {
    private(set) var ids: Set<TypeID> = []

    func note(_ id: TypeID) { ids.insert(id) }
}
