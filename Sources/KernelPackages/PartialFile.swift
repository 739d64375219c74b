import Crypto
import Glibc

/// A file that is being fetched: what has come in, its digest so far, and a lock against a second fetcher.
final class PartialFile {
    let path: String
    private let descriptor: CInt
    private var hash = SHA256()
    private(set) var size: UInt64 = 0

    /// Opens the file, makes it when there is none, and reads what an earlier try has left.
    init(path: String) throws(DownloadError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, detail: systemMessage(errno)) }
        self.path = path
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .busy(path: path) }
        try hashContents()
    }

    deinit {
        // A program that is being started holds a copy of the descriptor for a moment, and the lock with it.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private func hashContents() throws(DownloadError) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = read(descriptor, piece.baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .cannotWrite(path: path, detail: systemMessage(errno)) }
            if count == 0 { return }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[..<count]))
            size += UInt64(count)
        }
    }

    /// Adds bytes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = write(descriptor, part.baseAddress, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .cannotWrite(path: path, detail: systemMessage(errno)) }
            rest = rest.dropFirst(count)
        }
        hash.update(bufferPointer: bytes)
        size += UInt64(bytes.count)
    }

    /// Throws away what has come in.
    func reset() throws(DownloadError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw .cannotWrite(path: path, detail: systemMessage(errno))
        }
        hash = SHA256()
        size = 0
    }

    /// The digest of what has come in.
    var digest: PackageDigest { PackageDigest(hash.finalize()) }

    /// Gives the whole file its name, once it is on disk.
    func publish(as name: String) throws(DownloadError) {
        guard fsync(descriptor) == 0, rename(path, name) == 0 else {
            throw .cannotWrite(path: name, detail: systemMessage(errno))
        }
    }

    /// Removes the file's name.
    func remove() { unlink(path) }
}

/// What the C library says about an error number.
func systemMessage(_ number: CInt) -> String { String(cString: strerror(number)) }
