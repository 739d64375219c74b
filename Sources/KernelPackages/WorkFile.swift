import Glibc

/// A file with no name in a work folder: it is gone when the last reference goes, also after a crash.
public final class WorkFile: Sendable {
    private let descriptor: CInt
    private let directory: String

    /// Makes an empty file.
    ///
    /// - Parameter directory: the folder whose file system holds it.
    /// - Throws: `KernelPackageError.workFile` when it cannot be made.
    public init(in directory: String) throws(KernelPackageError) {
        var template = Array("\(directory)/btf-hub-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .workFile(directory: directory, detail: systemMessage(errno)) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.descriptor = descriptor
        self.directory = directory
    }

    deinit { close(descriptor) }

    /// Calls `body` with a path by which this process can open the file until `body` returns.
    ///
    /// - Parameter body: opens the file, once or more.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public func withPath<Result, Failure: Error>(_ body: (String) throws(Failure) -> Result) throws(Failure) -> Result {
        try withExtendedLifetime(self) { () throws(Failure) in try body("/proc/self/fd/\(descriptor)") }
    }

    /// Adds bytes at the end.
    func append(_ bytes: RawSpan) throws(KernelPackageError) {
        var offset = 0
        while offset < bytes.byteCount {
            let count = bytes.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                return write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .workFile(directory: directory, detail: systemMessage(errno)) }
            offset += count
        }
    }
}
