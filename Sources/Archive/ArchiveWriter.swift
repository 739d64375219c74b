import CArchive

/// Writes a tar archive whose bytes are a function of what is put into it.
///
/// Every entry has owner and group 0, no time and mode 0644 (links 0777), and stands where the caller puts it. Names of
/// up to 99 bytes take one plain ustar header; only what ustar cannot say gets a pax header. An archive that is not
/// finished is cut off: its reader sees an error, not a shorter archive.
public final class ArchiveWriter {
    private let archive: OpaquePointer
    private let sink: ([UInt8]) throws -> Void
    private var sinkFailure: (any Error)?
    private var isOpen = true

    /// The name by which errors call the archive.
    private let name: String

    /// Starts an archive.
    ///
    /// - Parameters:
    ///   - compression: the archive's outer layer.
    ///   - level: the compressor's own level, or nil for its default.
    ///   - name: what errors call the archive.
    ///   - sink: takes the archive's bytes as they become ready; what it throws ends the writing.
    /// - Throws: `ArchiveError` when the compressor refuses, and what the sink throws.
    public convenience init(
        compression: Compression,
        level: Int? = nil,
        name: String = "archive",
        sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        try self.init(compression: compression, level: level, isTar: true, name: name, sink: sink)
    }

    init(
        compression: Compression,
        level: Int?,
        isTar: Bool,
        name: String,
        sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        guard let archive = archive_write_new() else {
            throw ArchiveError(.cannotWrite, at: ArchivePlace(file: name), "out of memory")
        }
        self.archive = archive
        self.sink = sink
        self.name = name
        if isTar {
            archive_write_set_format_pax_restricted(archive)
        } else {
            archive_write_set_format_raw(archive)
        }
        try check(Self.setUp(compression, level: level, in: archive))
        archive_write_set_bytes_per_block(archive, 64 * 1024)
        archive_write_set_bytes_in_last_block(archive, 1)
        let status = archive_write_open2(
            archive,
            Unmanaged.passUnretained(self).toOpaque(),
            nil,
            { _, context, bytes, count in
                guard let context, let bytes else { return -1 }
                let piece = UnsafeRawBufferPointer(start: bytes, count: count)
                return Unmanaged<ArchiveWriter>.fromOpaque(context).takeUnretainedValue().accept(piece)
            },
            nil,
            nil
        )
        try check(status)
    }

    deinit {
        if isOpen { archive_write_fail(archive) }
        archive_write_free(archive)
    }

    private static func setUp(_ compression: Compression, level: Int?, in archive: OpaquePointer) -> CInt {
        let module: String
        switch compression {
        case .none: return ARCHIVE_OK
        case .gzip:
            module = "gzip"
            let status = archive_write_add_filter_gzip(archive)
            guard status == ARCHIVE_OK else { return status }
            archive_write_set_filter_option(archive, module, "timestamp", nil)
        case .xz:
            module = "xz"
            let status = archive_write_add_filter_xz(archive)
            guard status == ARCHIVE_OK else { return status }
        case .zstd:
            module = "zstd"
            let status = archive_write_add_filter_zstd(archive)
            guard status == ARCHIVE_OK else { return status }
        }
        guard let level else { return ARCHIVE_OK }
        return archive_write_set_filter_option(archive, module, "compression-level", String(level))
    }

    /// libarchive's write callback.
    private func accept(_ piece: UnsafeRawBufferPointer) -> Int {
        do {
            try sink(Array(piece))
            return piece.count
        } catch {
            sinkFailure = error
            return -1
        }
    }

    /// Adds a regular file.
    ///
    /// - Parameters:
    ///   - path: its name in the archive, written as it is given (a leading `./` stays).
    ///   - contents: its contents.
    /// - Throws: `ArchiveError` when it cannot be written, and what the sink throws.
    public func addFile(_ path: String, contents: [UInt8]) throws {
        try addHeader(path, type: ArchiveReader.regularFile, mode: 0o644, size: contents.count) { _ in }
        try contents.withUnsafeBytes { bytes in try write(bytes) }
    }

    /// Adds a symbolic link.
    ///
    /// - Parameters:
    ///   - path: its name in the archive.
    ///   - target: what it points to.
    /// - Throws: `ArchiveError` when it cannot be written, and what the sink throws.
    public func addSymbolicLink(_ path: String, target: String) throws {
        try addHeader(path, type: ArchiveReader.symbolicLink, mode: 0o777, size: 0) { entry in
            archive_entry_set_symlink(entry, target)
        }
    }

    /// Adds a second name for a file that the archive has already.
    ///
    /// - Parameters:
    ///   - path: its name in the archive.
    ///   - target: the file's name in the archive, as it was given.
    /// - Throws: `ArchiveError` when it cannot be written, and what the sink throws.
    public func addHardLink(_ path: String, target: String) throws {
        try addHeader(path, type: ArchiveReader.regularFile, mode: 0o644, size: 0) { entry in
            archive_entry_set_hardlink(entry, target)
        }
    }

    /// Writes the archive's end. Nothing may be added afterwards.
    ///
    /// - Throws: `ArchiveError` when it cannot be written, and what the sink throws.
    public func finish() throws {
        guard isOpen else { return }
        try check(archive_write_close(archive))
        isOpen = false
    }

    private func addHeader(
        _ path: String,
        type: UInt32,
        mode: UInt32,
        size: Int,
        link: (OpaquePointer) -> Void
    ) throws {
        guard isOpen else {
            throw ArchiveError(.cannotWrite, at: ArchivePlace(file: name, members: [path]), "it is finished")
        }
        guard let entry = archive_entry_new() else {
            throw ArchiveError(.cannotWrite, at: ArchivePlace(file: name, members: [path]), "out of memory")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, path)
        archive_entry_set_filetype(entry, type)
        archive_entry_set_perm(entry, mode)
        archive_entry_set_size(entry, Int64(size))
        archive_entry_set_mtime(entry, 0, 0)
        link(entry)
        try check(archive_write_header(archive, entry), member: path)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = archive_write_data(archive, part.baseAddress, part.count)
            guard count > 0 else { throw failure(member: nil) }
            rest = rest.dropFirst(count)
        }
    }

    private func check(_ status: CInt, member: String? = nil) throws {
        // A warning is about names that are not ASCII; the entry is whole.
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN, sinkFailure == nil else {
            throw failure(member: member)
        }
    }

    private func failure(member: String?) -> any Error {
        if let sinkFailure { return sinkFailure }
        let message = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        return ArchiveError(.cannotWrite, at: ArchivePlace(file: name, members: member.map { [$0] } ?? []), message)
    }

    /// Writes a whole stream that is no archive; for the one-shot compressors.
    static func compressStream(_ bytes: [UInt8], compression: Compression, level: Int?) throws -> [UInt8] {
        var output: [UInt8] = []
        let writer = try ArchiveWriter(
            compression: compression,
            level: level,
            isTar: false,
            name: "bytes in memory",
            sink: { output += $0 }
        )
        try writer.addFile("data", contents: bytes)
        try writer.finish()
        return output
    }
}
