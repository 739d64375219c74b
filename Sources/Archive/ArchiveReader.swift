import CArchive

/// Reads an archive from front to back, in memory that does not grow with it.
///
/// Understands ar, tar and cpio, plain or compressed (gzip, bzip2, xz, lzma, zstd, lz4), and an rpm's payload. An archive
/// within an archive is read by a second reader over the first one's current member. Reading may stop anywhere.
public final class ArchiveReader {
    private let handle: ReadHandle
    /// Whether members have names that mean something: those of one compressed stream have none.
    private let hasNames: Bool
    /// The member at which this reader stands.
    private var current: ArchiveMember?

    /// Opens an archive file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - threads: how many threads may decode; only .xz uses more than one.
    /// - Throws: `ArchiveError` when it cannot be opened. What it holds is looked at by `nextMember`.
    public convenience init(path: String, threads: Int = 1) throws(ArchiveError) {
        try self.init(FileByteSource(path: path), formats: .archives, threads: threads)
    }

    /// Opens an archive that is in memory.
    ///
    /// - Parameters:
    ///   - bytes: the archive.
    ///   - name: what errors call it.
    ///   - threads: how many threads may decode; only .xz uses more than one.
    /// - Throws: `ArchiveError` when it cannot be opened.
    public convenience init(bytes: [UInt8], name: String, threads: Int = 1) throws(ArchiveError) {
        try self.init(MemoryByteSource(bytes: bytes, name: name), formats: .archives, threads: threads)
    }

    /// Opens the archive that is another archive's current member, such as a Debian package's `data.tar.xz`.
    ///
    /// Until this reader is given up, the outer one must not be used.
    ///
    /// - Parameters:
    ///   - outer: a reader that stands at a member whose contents have not been read.
    ///   - threads: how many threads may decode; only .xz uses more than one.
    /// - Throws: `ArchiveError` when there is no such member or it cannot be opened.
    public convenience init(memberOf outer: ArchiveReader, threads: Int = 1) throws(ArchiveError) {
        guard let member = outer.current else {
            throw ArchiveError(.cannotRead, at: outer.place, "there is no current member")
        }
        let source = MemberByteSource(handle: outer.handle, member: member.path)
        try self.init(source, formats: .archives, threads: threads)
    }

    /// Opens a file that is one compressed stream, or not compressed at all, as an archive with a single member.
    ///
    /// - Parameters:
    ///   - path: the file; gzip, bzip2, xz, lzma, zstd and lz4 are recognised by their contents.
    ///   - threads: how many threads may decode; only .xz uses more than one.
    /// - Throws: `ArchiveError` when it cannot be opened.
    public convenience init(streamPath path: String, threads: Int = 1) throws(ArchiveError) {
        try self.init(FileByteSource(path: path), formats: .stream, threads: threads)
    }

    init(_ source: any ByteSource, formats: ReadHandle.Formats, threads: Int) throws(ArchiveError) {
        if case .archives = formats { hasNames = true } else { hasNames = false }
        guard threads > 1 else {
            handle = try ReadHandle(source, formats: formats)
            return
        }
        let peeked = try PeekedByteSource(source)
        handle =
            LZMAByteSource.recognisesXZ(peeked.first)
            ? try ReadHandle(LZMAByteSource(peeked, .xz(threads: threads)), formats: formats)
            : try ReadHandle(peeked, formats: formats)
    }

    /// Where reading stands.
    public var place: ArchivePlace {
        let place = handle.source.place
        guard hasNames, let current else { return place }
        return place.inside(current.path)
    }

    /// Whether the bytes were found to be compressed; known after the first `nextMember`.
    var isCompressed: Bool { handle.isCompressed }

    /// Steps to the next member, skipping what is left of the current one.
    ///
    /// - Returns: the member, or nil at the archive's end.
    /// - Throws: `ArchiveError` when the archive is damaged, ends too early or has a member whose name leads out of it.
    public func nextMember() throws(ArchiveError) -> ArchiveMember? {
        current = nil
        guard let entry = try handle.nextEntry() else { return nil }
        guard let name = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else {
            throw ArchiveError(.damaged, at: place, "a member has no name")
        }
        let written = String(cString: name)
        guard let path = ArchiveMember.safePath(written) else {
            throw ArchiveError(.unsafePath, at: place, "the member '\(written)' leads out of the archive")
        }
        let size = archive_entry_size_is_set(entry) != 0 ? UInt64(exactly: archive_entry_size(entry)) : nil
        let member = ArchiveMember(path: path, kind: Self.kind(of: entry), size: size)
        current = member
        return member
    }

    /// Hands the current member's contents on, piece by piece.
    ///
    /// - Parameters:
    ///   - limit: the most bytes that the member may have.
    ///   - body: takes each piece; the pieces come in order and without gaps.
    /// - Throws: `ArchiveError` when the archive is damaged or the member is larger than the limit, and what `body`
    ///   throws.
    public func readContents(limit: UInt64, _ body: (RawSpan) throws -> Void) throws {
        try checkStatedSize(limit: limit)
        var total: UInt64 = 0
        while true {
            let block = try nextBlock(limit: limit, total: &total)
            if block.isEmpty { return }
            try body(block.bytes)
        }
    }

    /// Reads the current member whole.
    ///
    /// - Parameter limit: the most bytes that it may have.
    /// - Returns: its contents.
    /// - Throws: `ArchiveError` when the archive is damaged or the member is larger than the limit.
    public func contents(limit: Int) throws(ArchiveError) -> [UInt8] {
        let limit = UInt64(clamping: limit)
        try checkStatedSize(limit: limit)
        var bytes: [UInt8] = []
        var total: UInt64 = 0
        while true {
            let block = try nextBlock(limit: limit, total: &total)
            if block.isEmpty { return bytes }
            bytes.append(contentsOf: block)
        }
    }

    private func nextBlock(limit: UInt64, total: inout UInt64) throws(ArchiveError) -> UnsafeRawBufferPointer {
        let block: UnsafeRawBufferPointer
        do throws(ArchiveError) {
            block = try handle.nextBlock()
        } catch {
            guard hasNames, let current else { throw error }
            throw ArchiveError(error.kind, at: error.place.inside(current.path), error.detail)
        }
        total += UInt64(block.count)
        guard total <= limit else { throw tooLarge(limit: limit) }
        return block
    }

    private func checkStatedSize(limit: UInt64) throws(ArchiveError) {
        if let size = current?.size, size > limit { throw tooLarge(limit: limit) }
    }

    private func tooLarge(limit: UInt64) -> ArchiveError {
        ArchiveError(.tooLarge, at: place, "is larger than the limit of \(limit) bytes")
    }

    private static func kind(of entry: OpaquePointer) -> ArchiveMember.Kind {
        if let target = archive_entry_hardlink(entry) { return .hardLink(target: String(cString: target)) }
        switch archive_entry_filetype(entry) & fileTypeMask {
        case regularFile: return .file
        case directory: return .directory
        case symbolicLink:
            return .symbolicLink(target: archive_entry_symlink(entry).map { String(cString: $0) } ?? "")
        default: return .other
        }
    }

    // AE_IFMT and its values, which are macros with casts that Swift does not import.
    static let fileTypeMask: UInt32 = 0o170000
    static let regularFile: UInt32 = 0o100000
    static let directory: UInt32 = 0o040000
    static let symbolicLink: UInt32 = 0o120000
}
