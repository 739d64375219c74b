import Glibc

/// Where a reader's bytes come from, piece by piece.
protocol ByteSource: AnyObject {
    /// Where reading stands.
    var place: ArchivePlace { get }

    /// Returns the next piece, empty at the end; it is valid until the next call.
    func next() throws(ArchiveError) -> UnsafeRawBufferPointer
}

/// Reads a file from its first byte to its last.
final class FileByteSource: ByteSource {
    private static let pieceSize = 256 * 1024
    private let path: String
    private let descriptor: CInt
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
    private var offset: UInt64 = 0

    init(path: String) throws(ArchiveError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ArchiveError(.cannotRead, at: ArchivePlace(file: path), systemMessage(errno))
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        piece.deallocate()
        close(descriptor)
    }

    var place: ArchivePlace { ArchivePlace(file: path, offset: offset) }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        while true {
            let count = read(descriptor, piece.baseAddress, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw ArchiveError(.cannotRead, at: place, systemMessage(errno))
            }
            offset += UInt64(count)
            return UnsafeRawBufferPointer(rebasing: piece[..<count])
        }
    }
}

/// Reads bytes that are in memory.
final class MemoryByteSource: ByteSource {
    private static let pieceSize = 64 * 1024
    private let name: String
    private let bytes: [UInt8]
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
    private var offset = 0

    init(bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    deinit { piece.deallocate() }

    var place: ArchivePlace { ArchivePlace(file: name, offset: UInt64(offset)) }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        let end = min(offset + piece.count, bytes.count)
        piece.copyBytes(from: bytes[offset..<end])
        let count = end - offset
        offset = end
        return UnsafeRawBufferPointer(rebasing: piece[..<count])
    }
}

/// Reads bytes that belong to the caller, who keeps them until this source is given up.
final class BorrowedByteSource: ByteSource {
    private static let pieceSize = 256 * 1024
    private let start: ArchivePlace
    private var rest: [UnsafeRawBufferPointer]
    private var offset = 0

    /// Prepares for reading.
    ///
    /// - Parameters:
    ///   - parts: bytes, to be read one part behind the other.
    ///   - place: where they start.
    init(_ parts: UnsafeRawBufferPointer..., at place: ArchivePlace) {
        rest = parts.reversed()
        start = place
    }

    var place: ArchivePlace { start.advanced(by: offset) }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        guard let part = rest.popLast() else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let piece = UnsafeRawBufferPointer(rebasing: part.prefix(Self.pieceSize))
        if piece.count < part.count { rest.append(UnsafeRawBufferPointer(rebasing: part[piece.count...])) }
        offset += piece.count
        return piece
    }
}

/// Reads the contents of the member at which another reader stands.
final class MemberByteSource: ByteSource {
    private let handle: ReadHandle
    private let member: String

    init(handle: ReadHandle, member: String) {
        self.handle = handle
        self.member = member
    }

    var place: ArchivePlace { handle.source.place.inside(member) }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        do throws(ArchiveError) {
            return try handle.nextBlock()
        } catch {
            throw ArchiveError(error.kind, at: error.place.inside(member), error.detail)
        }
    }
}

/// Gives a source's first piece a second time, so that it can be looked at before it is decoded.
final class PeekedByteSource: ByteSource {
    let first: UnsafeRawBufferPointer
    private let source: any ByteSource
    private var isFirstGiven = false

    init(_ source: any ByteSource) throws(ArchiveError) {
        self.source = source
        first = try source.next()
    }

    var place: ArchivePlace { source.place }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        guard isFirstGiven else {
            isFirstGiven = true
            return first
        }
        return try source.next()
    }
}

/// What the C library says about an error number.
func systemMessage(_ number: CInt) -> String { String(cString: strerror(number)) }
