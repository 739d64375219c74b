/// What a BTF holds, in hashes: enough to tell how much two BTFs share without comparing them.
public struct TypeHashes: Sendable {
    /// A hash of each type's record, in ascending order. References count by the name they lead to.
    private let hashes: [UInt64]

    /// Hashes the types of a kernel's table.
    public init(of table: TypeTable) {
        let names = Self.nameHashes(of: table)
        var identities = [UInt64](repeating: 0, count: table.starts.count)
        for index in 0..<(table.starts.count - 1) {
            let start = Int(table.starts[index])
            let rank = table.words[start]
            if rank != 0 { identities[index + 1] = mix(names[Int(rank)], UInt64(table.words[start + 1] >> 24 & 31)) }
        }
        var hashes: [UInt64] = []
        hashes.reserveCapacity(table.starts.count)
        for index in 0..<(table.starts.count - 1) {
            let record = table.words[Int(table.starts[index])..<Int(table.starts[index + 1])]
            hashes.append(Self.hash(record, names, identities))
        }
        hashes.sort()
        self.hashes = hashes
    }

    private static func nameHashes(of table: TypeTable) -> [UInt64] {
        (0..<(table.stringStarts.count - 1)).map { index in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for at in Int(table.stringStarts[index])..<Int(table.stringStarts[index + 1]) {
                hash = (hash ^ UInt64(table.strings[at])) &* 0x100_0000_01b3
            }
            return mix(hash, 1)
        }
    }

    private static func hash(_ record: ArraySlice<UInt32>, _ names: [UInt64], _ identities: [UInt64]) -> UInt64 {
        let start = record.startIndex
        let info = record[start + 1]
        let shape = RecordShape.of(info: info)
        var hash = mix(names[Int(record[start])], UInt64(info))
        let third = record[start + 2]
        hash = mix(hash, shape.refersThroughHeader ? identities[Int(third)] : UInt64(third))
        var at = start + 3
        while at < record.endIndex {
            for role in shape.roles {
                let word = record[at]
                switch role {
                case .value: hash = mix(hash, UInt64(word))
                case .name: hash = mix(hash, names[Int(word)])
                case .type: hash = mix(hash, identities[Int(word)])
                }
                at += 1
            }
        }
        return hash
    }

    /// The number of types that another BTF does not have.
    public func countMissing(in other: TypeHashes) -> Int {
        var (missing, at) = (0, 0)
        for hash in hashes {
            while at < other.hashes.count, other.hashes[at] < hash { at += 1 }
            if at < other.hashes.count, other.hashes[at] == hash { at += 1 } else { missing += 1 }
        }
        return missing
    }

    /// A sample of the hashes.
    public var sketch: Sketch { Sketch(hashes.prefix(Sketch.length).map { UInt32(clamping: $0 >> 24) }) }
}

/// A small sample of what a BTF holds: the lowest of its types' hashes, of which 40 bits are all but equal.
///
/// Two BTFs that share a part of their types share about that part of their samples.
public struct Sketch: Hashable, Sendable {
    /// The most hashes that a sketch has.
    static let length = 128
    private let hashes: [UInt32]

    init(_ hashes: [UInt32]) { self.hashes = hashes }

    /// Reads a sketch; nil when the bytes are none.
    public init?(bytes: [UInt8]) {
        guard bytes.count.isMultiple(of: 4), bytes.count <= 4 * Self.length else { return nil }
        hashes = stride(from: 0, to: bytes.count, by: 4).map { at in
            bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// The hashes in ascending order, four bytes each, the lowest first.
    public var bytes: [UInt8] {
        hashes.flatMap { hash in (0..<4).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) } }
    }

    /// How many hashes two sketches share.
    public func countShared(with other: Sketch) -> Int {
        var (shared, at) = (0, 0)
        for hash in hashes {
            while at < other.hashes.count, other.hashes[at] < hash { at += 1 }
            if at < other.hashes.count, other.hashes[at] == hash { shared += 1 }
        }
        return shared
    }
}

/// Mixes a word into a hash.
@inline(__always)
func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low &+ 0x2545_f491_4f6c_dd1d
}
