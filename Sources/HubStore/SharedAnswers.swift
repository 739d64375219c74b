public import BTFDelta

/// Answers about kernels, each found once for all kernels on which it rests on the same types.
///
/// An answer comes with the types that were looked at and the names that were looked up. Along the chain of deltas it
/// holds for every kernel up to the first delta that touches any of them, and no kernel is decoded to find that out. What
/// a kernel's modules hold is not considered.
///
/// A value of this type is for one thread. It keeps a few hundred bytes for each BTF that others build on.
public struct SharedAnswers<Answer> {
    private let store: HubStore
    private var answers: [Answer] = []
    private var known: [Int64: (answer: Int, footprint: Footprint)] = [:]
    private var links = DeltaLinks()

    /// Begins without answers.
    ///
    /// - Parameter store: the store whose kernels are asked about; a snapshot of it.
    public init(in store: HubStore) { self.store = store }

    /// The number of different answers so far.
    public var count: Int { answers.count }

    /// Reads what is needed to follow the chains of several kernels, which costs far less at once than one by one.
    ///
    /// - Parameter kernels: the SHA-256 of the BTF of kernels that will be asked about next, a few hundred at a time.
    /// - Throws: `StoreError` when the store cannot be read.
    public mutating func prepare(for kernels: [ContentDigest]) throws(StoreError) {
        var links = links
        try store.read { database in try links.read(kernels, in: database) }
        self.links = links
    }

    /// The answer for a kernel, where it follows from one that is known.
    ///
    /// - Parameter kernel: the SHA-256 of the BTF of a kernel of the store.
    /// - Returns: nil when the kernel has to be asked itself.
    /// - Throws: `StoreError` when the store cannot be read.
    public mutating func answer(for kernel: ContentDigest) throws(StoreError) -> Answer? {
        guard let start = try link(of: kernel) else { return nil }
        var path: [DeltaLinks.Link] = []
        var at = start
        while known[at.id] == nil {
            guard path.count < ContentReader.chainLimit, let base = at.baseID.flatMap({ links[$0] }) else { return nil }
            path.append(at)
            at = base
        }
        guard case (let answer, var footprint)? = known[at.id] else { return nil }
        for link in path.reversed() {
            guard let next = links.script(of: link).flatMap({ footprint.carried(to: $0) }) else { return nil }
            footprint = next
            if link.isBase { known[link.id] = (answer, footprint) }
        }
        return answers[answer]
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
        answers.append(answer)
        let number = answers.count - 1
        guard var link = try link(of: kernel) else { return }
        var footprint = footprint
        known[link.id] = (number, footprint)
        for _ in 0..<ContentReader.chainLimit {
            guard let base = link.baseID.flatMap({ links[$0] }), known[base.id] == nil,
                let before = links.script(of: link).flatMap({ footprint.carried(back: $0) })
            else { return }
            footprint = before
            link = base
            known[link.id] = (number, footprint)
        }
    }

    private mutating func link(of kernel: ContentDigest) throws(StoreError) -> DeltaLinks.Link? {
        if let known = links[kernel] { return known }
        try prepare(for: [kernel])
        return links[kernel]
    }
}
