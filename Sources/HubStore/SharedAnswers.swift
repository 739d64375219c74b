public import BTF
public import BTFDelta
internal import GRDB

/// Answers about kernels' types, each found once for all kernels on which it rests on the same types.
///
/// An answer comes with the types that were looked at and the names that were looked up. Along the chain of deltas it
/// holds for every kernel up to the first delta that touches any of them, and no kernel is decoded to find that out. What
/// a kernel's modules hold is not considered.
///
/// Asked in the order of `HubStore.byLineage`, it finds most; memory does not grow with the number of kernels. A value of
/// this type is for one thread.
public struct SharedAnswers<Answer> {
    private let store: HubStore
    private var lineage = Lineage()
    private var known: [Int64: (answer: Answer, footprint: Footprint)] = [:]

    /// Begins without answers.
    ///
    /// - Parameter store: the store whose kernels are asked about; a snapshot of it.
    public init(in store: HubStore) { self.store = store }

    /// The answer for a kernel, where it follows from one that is known.
    ///
    /// - Parameter btf: the SHA-256 of the kernel's BTF.
    /// - Returns: nil when the kernel has to be asked itself.
    /// - Throws: `StoreError` when the store cannot be read; `damaged` when it does not hold the BTF whole.
    public mutating func answer(for btf: ContentDigest) throws(StoreError) -> Answer? {
        let path = try path(of: btf)
        if known.count > Lineage.limit { known = known.filter { lineage.keeps($0.key) } }
        guard let place = path.firstIndex(where: { known[$0.id] != nil }), let start = known[path[place].id]
        else { return nil }
        var footprint = start.footprint
        for link in path[..<place].reversed() {
            guard let script = link.delta?.script, let next = footprint.carried(to: script) else { return nil }
            footprint = next
            known[link.id] = (start.answer, footprint)
        }
        return start.answer
    }

    /// A kernel's types, to be read one at a time; they are decoded no further than they are read.
    ///
    /// - Parameter btf: the SHA-256 of the kernel's BTF.
    /// - Returns: the types.
    /// - Throws: `StoreError` when the store cannot be read; `damaged` when it does not hold the BTF whole.
    public mutating func types(of btf: ContentDigest) throws(StoreError) -> LayeredTypes {
        let path = try path(of: btf)
        let cache = store.cache
        return try Self.read(btf, in: store) {
            try Lineage.types(at: path, ContentReader(database: $0, cache: cache))
        }
    }

    /// Takes note of an answer that was found by asking a kernel.
    ///
    /// - Parameters:
    ///   - answer: the answer.
    ///   - btf: the SHA-256 of the BTF of the kernel that was asked.
    ///   - types: all types that were looked at.
    ///   - essentialNames: all essential names for which types were looked up, whether or not there were any.
    /// - Throws: `StoreError` when the store cannot be read; `damaged` when it does not hold the BTF whole.
    public mutating func record(
        _ answer: Answer,
        for btf: ContentDigest,
        types: some Sequence<TypeID>,
        essentialNames: some Sequence<[UInt8]>
    ) throws(StoreError) {
        let path = try path(of: btf)
        var footprint = Footprint(types: types, essentialNames: essentialNames, in: try self.types(of: btf))
        known[path[0].id] = (answer, footprint)
        for (link, base) in zip(path, path.dropFirst()) {
            guard known[base.id] == nil, let script = link.delta?.script, let before = footprint.carried(back: script)
            else { return }
            footprint = before
            known[base.id] = (answer, footprint)
        }
    }

    private mutating func path(of btf: ContentDigest) throws(StoreError) -> [Lineage.Link] {
        try Self.read(btf, in: store) { database in
            guard let path = try lineage.path(of: btf, in: database) else {
                throw Damage(reason: "the store does not hold its bytes")
            }
            return path
        }
    }

    private static func read<Value>(
        _ btf: ContentDigest,
        in store: HubStore,
        _ work: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        try store.read { database in
            do { return try work(database) } catch let damage as Damage {
                let subject = "the BTF of SHA-256 \(btf)"
                throw StoreError.damaged(path: store.path, subject: subject, reason: damage.reason)
            }
        }
    }
}
