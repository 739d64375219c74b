public import BTFDelta

/// Answers about kernels, each found once for all kernels on which it rests on the same types.
///
/// An answer comes with the types that were looked at and the names that were looked up. Along the chain of deltas it
/// holds for every kernel up to the first delta that touches any of them, and no kernel is decoded to find that out. What
/// a kernel's modules hold is not considered.
///
/// Kernels are to be asked about in the order of `HubStore.byLineage`: what is known is kept of the BTFs that the last one
/// builds on, and forgotten of all others. A value of this type is for one thread.
public struct SharedAnswers<Answer> {
    private let store: HubStore
    /// What is known of the kernel that was asked about last and of what it builds on.
    private var known: [Int64: (answer: Answer, footprint: Footprint)] = [:]
    private var links = DeltaLinks()

    /// The number of answers that were found by asking so far.
    public private(set) var count = 0

    /// Begins without answers.
    ///
    /// - Parameter store: the store whose kernels are asked about; a snapshot of it.
    public init(in store: HubStore) { self.store = store }

    /// Reads what is needed to follow the chains of several kernels, which costs far less at once than one by one.
    ///
    /// - Parameter kernels: the SHA-256 of the BTF of kernels that will be asked about next, a few hundred at a time.
    /// - Throws: `StoreError` when the store cannot be read.
    public mutating func prepare(for kernels: [ContentDigest]) throws(StoreError) {
        let store = store
        try store.read { database in try links.read(kernels, in: database) }
    }

    /// The answer for a kernel, where it follows from one that is known.
    ///
    /// - Parameter kernel: the SHA-256 of the BTF of a kernel of the store.
    /// - Returns: nil when the kernel has to be asked itself.
    /// - Throws: `StoreError` when the store cannot be read.
    public mutating func answer(for kernel: ContentDigest) throws(StoreError) -> Answer? {
        let path = try path(of: kernel)
        let kept = Set(path.map(\.id))
        known = known.filter { kept.contains($0.key) }
        guard let start = path.firstIndex(where: { known[$0.id] != nil }),
            case (let answer, var footprint)? = known[path[start].id]
        else { return nil }
        for link in path[..<start].reversed() {
            guard let next = links.script(of: link).flatMap({ footprint.carried(to: $0) }) else { return nil }
            footprint = next
            if link.isBase { known[link.id] = (answer, footprint) }
        }
        return answer
    }

    /// Takes note of an answer that was found by asking a kernel.
    ///
    /// - Parameters:
    ///   - answer: the answer.
    ///   - kernel: the SHA-256 of the BTF of the kernel that was asked.
    ///   - footprint: what of the kernel the answer rests on.
    /// - Throws: `StoreError` when the store cannot be read.
    public mutating func record(
        _ answer: Answer,
        for kernel: ContentDigest,
        restingOn footprint: Footprint
    ) throws(StoreError) {
        count += 1
        var footprint = footprint
        let path = try path(of: kernel)
        for (link, base) in zip(path, path.dropFirst()) {
            known[link.id] = (answer, footprint)
            guard known[base.id] == nil, let before = links.script(of: link).flatMap({ footprint.carried(back: $0) })
            else { return }
            footprint = before
        }
        if let last = path.last { known[last.id] = (answer, footprint) }
    }

    /// The way from a kernel down to what is stored whole; nothing where the store does not hold it, or it has no end.
    private mutating func path(of kernel: ContentDigest) throws(StoreError) -> [DeltaLinks.Link] {
        if links[kernel] == nil { try prepare(for: [kernel]) }
        return (try? links.path(of: kernel)) ?? []
    }
}
