/// The different types that have been met, as flat records that refer to each other by number.
///
/// A type is added after all types that it refers to, because a reference to a struct, union or enumeration with a name
/// is a reference to its name only (a `nominal` record); which definition the name stands for is settled at the end.
/// So records are hashed bottom-up and equal ones share a number.
struct TypePool: Sendable {
    /// What a record describes.
    enum Shape: UInt8, Sendable {
        case int
        case float
        case pointer
        case array
        case structure
        case union
        case enumeration
        case typedef
        case const
        case volatile
        case restrict
        case typeTag
        case prototype
        /// The name of a struct, union or enumeration; `detail` is that shape's number, and `size` tells apart types of
        /// one name that reach different definitions of another (0 as a rule).
        case nominal
    }

    /// The number of a record; 0 is void.
    typealias NodeID = UInt32

    struct Node: BitwiseCopyable, Sendable {
        var shape: Shape
        /// An integer's encoding, an enumeration's signedness, the shape that a nominal record names.
        var detail: UInt8 = 0
        var name: UInt32 = 0
        /// The one type that the record refers to, the result of a prototype; for a definition, its nominal record.
        var target: NodeID = 0
        /// The size in bytes; an array's number of elements.
        var size: UInt64 = 0
        var firstPart: UInt32 = 0
        var partCount: UInt32 = 0
        /// How often the type was met.
        var uses: UInt32 = 0
        var fingerprint = Fingerprint(high: 0, low: 0)
    }

    /// A member, an enumerator or a parameter.
    struct Part: BitwiseCopyable, Sendable {
        var name: UInt32
        var type: NodeID
        /// A member's offset in bits, an enumerator's value.
        var value: UInt64
        /// A bitfield's size, or 0.
        var bitSize: UInt32
    }

    // Kernels have more debug information than this for each record and each part.
    private static let bytesPerNode = 1 << 10
    private static let bytesPerPart = 1 << 9

    private(set) var nodes: [Node] = []
    private(set) var parts: [Part] = []
    private(set) var names = NamePool()
    private var known = FingerprintIndex()

    /// Makes an empty pool.
    ///
    /// - Parameter size: the bytes of debug information that the types come from, where that is known: room that is not
    ///   used costs nothing, and growing copies.
    init(forFileOf size: Int = 0) {
        nodes.reserveCapacity(size / TypePool.bytesPerNode)
        parts.reserveCapacity(size / TypePool.bytesPerPart)
        // Number 0 is void.
        nodes.append(Node(shape: .int, fingerprint: TypePool.void))
    }

    /// An empty pool whose names are those of another one.
    init(sharing names: NamePool) {
        self.names = names
        known = FingerprintIndex(capacity: 1)
        nodes.append(Node(shape: .int, fingerprint: TypePool.void))
    }

    /// Adds a record that is not in the pool, with its fingerprint, whose parts were appended last.
    mutating func append(_ node: Node) { nodes.append(node) }

    /// Lets records be found that were appended without looking.
    mutating func index() {
        guard known.count < nodes.count - 1 else { return }
        known = FingerprintIndex()
        for index in 1..<nodes.count where number(of: nodes[index].fingerprint) == 0 {
            known.insert(nodes[index].fingerprint, NodeID(index))
        }
    }

    /// What stands for void in the hash of whatever refers to it.
    static let void = Fingerprint(seed: 0x766f_6964)

    /// Where the first part of the record that is added next will be.
    var nextPart: UInt32 { UInt32(parts.count) }

    /// Adds a part of the record that is added next.
    mutating func append(_ part: Part) { parts.append(part) }

    /// Gives a string its number; 0 is the empty string.
    mutating func intern(_ bytes: Bytes, _ offset: Int, _ length: Int) -> UInt32 {
        names.intern(bytes.slice(offset, length), bytes.fingerprint(offset, length))
    }

    /// The number of the record with a fingerprint, or 0.
    @inline(__always)
    private func number(of fingerprint: Fingerprint) -> NodeID {
        known.number(of: fingerprint) { nodes[Int($0)].fingerprint == fingerprint }
    }

    /// Adds a record whose parts, if any, were appended last; an equal one that is there already is returned instead.
    mutating func add(_ record: Node) -> NodeID {
        var node = record
        let hash = fingerprint(of: node) { nodes[Int($0)].fingerprint }
        let existing = number(of: hash)
        if existing != 0 {
            if node.partCount > 0 { parts.removeSubrange(Int(node.firstPart)...) }
            return existing
        }
        node.fingerprint = hash
        let id = NodeID(nodes.count)
        nodes.append(node)
        known.insert(hash, id)
        return id
    }

    /// A record's fingerprint, given those of the records that it refers to.
    @inline(__always)
    func fingerprint(of node: Node, _ referred: (NodeID) -> Fingerprint) -> Fingerprint {
        var hash = TypeHash(
            node.shape,
            detail: node.detail,
            name: names.fingerprint(node.name),
            size: node.size,
            parts: Int(node.partCount),
            target: referred(node.target)
        )
        for index in Int(node.firstPart)..<Int(node.firstPart + node.partCount) {
            let part = parts[index]
            hash.add(
                name: names.fingerprint(part.name),
                value: part.value,
                bitSize: UInt64(part.bitSize),
                type: referred(part.type)
            )
        }
        return hash.fingerprint
    }

    /// Counts more meetings of a type, or fewer, modulo 2^32.
    mutating func addUses(_ count: UInt32, to node: NodeID) { nodes[Int(node)].uses &+= count }

    /// Adds all records of another pool.
    ///
    /// - Parameter other: the other pool.
    /// - Returns: for each of the other's types, its number here; and the same for names.
    mutating func merge(_ other: TypePool) -> (nodes: [NodeID], names: [UInt32]) {
        index()
        var mapping: [NodeID] = [0]
        mapping.reserveCapacity(other.nodes.count)
        let nameMapping = (0..<other.names.count).map { names.intern(from: other.names, UInt32($0)) }
        for original in other.nodes.dropFirst() {
            var node = original
            let first = nextPart
            for part in Int(node.firstPart)..<Int(node.firstPart + node.partCount) {
                var copy = other.parts[part]
                copy.name = nameMapping[Int(copy.name)]
                copy.type = mapping[Int(copy.type)]
                parts.append(copy)
            }
            let uses = node.uses
            node.uses = 0
            node.firstPart = first
            node.name = nameMapping[Int(node.name)]
            node.target = mapping[Int(node.target)]
            let id = add(node)
            nodes[Int(id)].uses &+= uses
            mapping.append(id)
        }
        return (mapping, nameMapping)
    }
}
