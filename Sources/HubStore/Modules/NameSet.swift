internal import BTF
internal import Foundation

/// What types are called, as a set of hashes: it may hold a name that no type has, but misses none.
struct NameSet: Hashable, Sendable {
    /// The kinds whose names do not count, since no relocation asks for a type of them.
    static let leftOut: Set<Kind> = [.function, .variable, .dataSection, .declarationTag, .typeTag]

    /// Each once, in ascending order.
    let hashes: [UInt32]

    /// The essential names of a BTF's own types.
    init(of btf: BTF) {
        var found: Set<UInt32> = []
        for id in btf.ids {
            let header = btf.header(of: id)
            guard header.name.rawValue != 0, !Self.leftOut.contains(header.kind) else { continue }
            found.insert(Self.hash(EssentialName.of(btf.bytes(at: header.name))))
        }
        hashes = found.sorted()
    }

    /// Some essential names.
    init(_ names: some Sequence<[UInt8]>) {
        hashes = Set(names.map { Self.hash($0) }).sorted()
    }

    /// Reads what `bytes` has written; nil when it is something else.
    init?(bytes: Data) {
        guard bytes.count.isMultiple(of: 4) else { return nil }
        let bytes = Array(bytes)
        hashes = stride(from: 0, to: bytes.count, by: 4).map { UInt32(littleEndian: bytes, at: $0) }
        guard zip(hashes, hashes.dropFirst()).allSatisfy(<) else { return nil }
    }

    /// The hashes, 4 bytes each, the lowest byte first.
    var bytes: [UInt8] { hashes.flatMap(\.littleEndianBytes) }

    /// Whether both hold some name.
    func meets(_ other: NameSet) -> Bool {
        var (own, others) = (hashes[...], other.hashes[...])
        while let one = own.first, let another = others.first {
            if one == another { return true }
            if one < another { own.removeFirst() } else { others.removeFirst() }
        }
        return false
    }

    /// FNV-1a of 32 bits.
    private static func hash(_ name: some Sequence<UInt8>) -> UInt32 {
        name.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}

extension UInt32 {
    /// The four bytes, the lowest first.
    var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }

    /// Four bytes of an array that has them.
    init(littleEndian bytes: [UInt8], at index: Int) {
        self = (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) }
    }
}
