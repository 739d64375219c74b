import CElf

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file's bytes in memory, read-only: a private mapping of the file, or a mapping that holds bytes of the caller's.
///
/// This is the project's one unchecked `Sendable`: the pointer leads to memory that nobody writes after `init`, and that
/// stays mapped until the last reference goes. A file that another process truncates while it is mapped raises SIGBUS;
/// give it files that are not written any more.
public final class MappedFile: @unchecked Sendable {
    /// The file's path, or the display name of bytes in memory.
    public let name: String
    /// How many bytes there are.
    public let count: Int
    private let base: UnsafeMutableRawPointer?
    private let isFileBacked: Bool

    /// Maps a file.
    ///
    /// - Parameters:
    ///   - path: the path of a regular file.
    ///   - name: what error messages call it, when that is not its path: a file without a name, say.
    /// - Throws: `ELFError` with `unreadable` when it cannot be opened, is no regular file, or cannot be mapped.
    public init(path: String, name: String? = nil) throws(ELFError) {
        self.name = name ?? path
        isFileBacked = true
        // A named pipe that nobody writes to would hold the opening up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw MappedFile.unreadable(path, "cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw MappedFile.unreadable(path, "cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ELFError(.unreadable, file: path, reason: "is no regular file")
        }
        count = Int(status.st_size)
        guard count > 0 else {
            base = nil
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw MappedFile.unreadable(path, "cannot be mapped")
        }
        base = address
    }

    /// Makes a mapping of its own and lets the caller fill it.
    ///
    /// - Parameters:
    ///   - name: what error messages call these bytes.
    ///   - count: how many bytes to map; they start as zeros.
    ///   - fill: writes the bytes; called once, before anyone else can see them.
    /// - Throws: `ELFError` when there is no memory, or what `fill` throws.
    public init(
        name: String,
        count: Int,
        fill: (UnsafeMutableRawBufferPointer) throws(ELFError) -> Void
    ) throws(ELFError) {
        self.name = name
        self.count = count
        isFileBacked = false
        guard count > 0 else {
            base = nil
            return
        }
        guard
            let address = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            address != MAP_FAILED
        else { throw MappedFile.unreadable(name, "\(count) bytes of memory cannot be had") }
        base = address
        try fill(UnsafeMutableRawBufferPointer(start: address, count: count))
        mprotect(address, count, PROT_READ)
    }

    /// Makes a mapping of its own that ends where the caller stops writing.
    ///
    /// Memory is taken for the bytes that are written, not for the capacity.
    ///
    /// - Parameters:
    ///   - name: what error messages call these bytes.
    ///   - capacity: the most bytes that can be written; they start as zeros.
    ///   - fill: writes the bytes and returns how many there are; called once, before anyone else can see them.
    /// - Throws: `ELFError` when there is no memory, or what `fill` throws.
    public init(
        name: String,
        capacity: Int,
        fill: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let room = max(capacity, 1)
        guard let address = mmap(nil, room, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED else {
            throw MappedFile.unreadable(name, "\(capacity) bytes of memory cannot be had")
        }
        do {
            count = min(try fill(UnsafeMutableRawBufferPointer(start: address, count: max(capacity, 0))), room)
        } catch {
            munmap(address, room)
            throw error
        }
        self.name = name
        isFileBacked = false
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let used = (count + page - 1) / page * page
        if used < room { munmap(address + used, room - used) }
        base = count > 0 ? address : nil
        if count > 0 { mprotect(address, count, PROT_READ) }
    }

    /// Maps a copy of bytes that are in memory already.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - name: what error messages call them.
    /// - Throws: `ELFError` with `unreadable` when there is no memory for the copy.
    public convenience init(bytes: [UInt8], name: String) throws(ELFError) {
        try self.init(name: name, count: bytes.count) { target in
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    deinit {
        if let base { munmap(base, count) }
    }

    /// The file as one range.
    public var whole: MappedRange { MappedRange(file: self, bounds: 0..<count) }

    /// Calls `body` with the bytes, which must not be used after it returns.
    ///
    /// - Parameter body: what to do with the bytes.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Tells the kernel that a range is done with, so that its pages stop counting as this process's memory.
    ///
    /// The bytes stay readable: a page that is touched again comes back from the file. A mapping that is not backed by
    /// a file keeps its pages, since they could not come back.
    ///
    /// - Parameter bounds: the range in bytes; only the whole pages inside it are given back.
    public func discard(_ bounds: Range<Int>) {
        guard isFileBacked, let base else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (max(bounds.lowerBound, 0) + page - 1) / page * page
        let end = min(bounds.upperBound, count) / page * page
        guard start < end else { return }
        madvise(base + start, end - start, MADV_DONTNEED)
    }

    /// The error for the C call that just failed.
    private static func unreadable(_ name: String, _ what: String) -> ELFError {
        ELFError(.unreadable, file: name, reason: "\(what): \(String(cString: strerror(errno)))")
    }
}
