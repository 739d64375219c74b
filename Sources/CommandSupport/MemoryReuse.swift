internal import CMalloc

/// How the allocator treats what is freed.
public enum MemoryReuse {
    /// Keeps freed memory for the next large table instead of giving it back: for commands that do one thing and end.
    ///
    /// Giving back and asking again costs a third of a conversion's page faults.
    public static func enable() {
        // At 32 MiB the allocator's limits end (mallopt(3)).
        _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 1 << 30)
        _ = mallopt(M_TOP_PAD, 16 << 20)
    }
}
