internal import CMalloc

/// How the allocator gets memory from the system, and what it does with what is freed.
public enum MemoryReuse {
    /// How much is got in advance: blocks of this size, the largest that the allocator takes out of its heaps. Their
    /// pages cost nothing until they are used.
    private static let blockSize = 30 << 20
    private static let blockCount = 4
    /// The size of a huge page, on the machines that most run on.
    private static let hugePageSize = 2 << 20

    /// Gives the thread that calls it memory in huge pages, and keeps what is freed for the next large table instead of
    /// giving it back: for commands that do one thing and end.
    ///
    /// Small pages, asked for one by one and given back between tables, cost a tenth of a conversion. Where the system
    /// refuses any of this, the allocator goes on as it does otherwise.
    ///
    /// - Parameter isOneHeap: whether threads share one heap, so that what one frees serves the others. Each keeps what it
    ///   has freed to itself otherwise, and holds less time up, where threads allocate without end.
    public static func enable(isOneHeap: Bool = false) {
        if isOneHeap { _ = mallopt(M_ARENA_MAX, 1) }
        // At 32 MiB the allocator's limits end (mallopt(3)).
        _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 1 << 30)
        _ = mallopt(M_TOP_PAD, Int32(blockCount * blockSize))
        let blocks = (0..<blockCount).map { _ in malloc(blockSize) }
        for block in blocks {
            guard let block else { continue }
            let start = block.alignedUp(toMultipleOf: hugePageSize)
            madvise(start, blockSize - (start - block), MADV_HUGEPAGE)
        }
        for block in blocks { free(block) }
    }
}
