/// What one reader leaves to the next: the types that have been met, and the memory of what a unit is read into.
///
/// Modules of one kernel repeat the same headers. What is known from one of them is not decoded again for the next; what
/// a file is made of is told apart by its meetings.
struct TypeMemory: ~Copyable {
    var pool = TypePool()
    /// From an entry's fingerprint to the pool's number.
    var known: SuccessionTable
    /// The declaration tags of a type, by its entry's fingerprint.
    var typeTags: [Fingerprint: [NewTag]] = [:]
    /// What the modules' kernel may have of the pool's records; nil for a file that stands alone.
    var proposals: BaseProposals?
    var meetings = Meetings()
    var abbreviations = AbbreviationTable()
    var entries = RawArray<TypeEntry>(capacity: 1 << 12)
    var directory = EntryDirectory()
    var references = RawArray<UInt32>(capacity: 1 << 14)
    var part = PoolPart()
    /// Whether names are keyed by what they are, so that fingerprints mean the same in all files, and not by where.
    let outlivesFile: Bool

    /// So many parts of types are remembered: some hundred megabytes.
    static let partLimit = 1 << 21

    /// An empty memory for one file of so many bytes of debug information.
    init(forFileOf size: Int) {
        // Clearing a table for a kernel takes longer than reading a small module.
        pool = TypePool(forFileOf: size)
        known = SuccessionTable(capacity: size > 1 << 23 ? 1 << 16 : 1 << 12)
        outlivesFile = false
    }

    /// An empty memory for many modules over a base.
    init(over base: PreparedBase) {
        known = SuccessionTable(capacity: 1 << 16)
        proposals = BaseProposals(from: base)
        outlivesFile = true
    }

    /// The memory of a reader that goes on with a file that has been read.
    ///
    /// - Parameters:
    ///   - pool: the file's types.
    ///   - known: from fingerprints of the file's entries to numbers of the pool.
    init(continuing pool: TypePool, _ known: SuccessionTable) {
        self.pool = pool
        self.known = known
        outlivesFile = false
    }

    /// What a reader leaves behind.
    init(_ reader: consuming UnitReader) {
        outlivesFile = reader.keysNamesByContent
        pool = reader.pool
        known = reader.known
        typeTags = reader.typeTags
        proposals = reader.proposals
        meetings = reader.meetings
        abbreviations = reader.abbreviations
        entries = reader.entries
        directory = reader.directory
        references = reader.references
        part = reader.part
    }

    /// Whether it is time to forget.
    var isFull: Bool { pool.parts.count > TypeMemory.partLimit }
}

/// How often each record of a pool has been met in a file.
struct Meetings: ~Copyable {
    private var counts = RawArray<UInt32>(capacity: 1 << 12)
    /// The records that have been met, in the order of their first meetings; one that was taken back and met again may
    /// be there twice.
    private(set) var met = RawArray<TypePool.NodeID>(capacity: 1 << 12)

    /// Counts meetings.
    @inline(__always)
    mutating func add(_ node: TypePool.NodeID, _ number: Int32) {
        let index = Int(node)
        if index >= counts.count { counts.extend(to: index &+ 1) }
        if counts.element(known: index) == 0 { met.append(node) }
        counts.replace(known: index, counts.element(known: index) &+ UInt32(bitPattern: number))
    }

    /// How often a record has been met, modulo 2^32; from then on, it has not.
    mutating func take(_ node: TypePool.NodeID) -> UInt32 {
        let count = counts[Int(node)]
        counts[Int(node)] = 0
        return count
    }

    /// Forgets all meetings, once they have been taken.
    mutating func clear() { met.removeAll() }
}
