import Glibc
import SystemPackage

/// The calls that swift-system does not have yet.
extension OutputFile {
    /// Whether something stands there that is no regular file: a pipe, a terminal, a device.
    static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    static func sync(_ descriptor: FileDescriptor) throws {
        if fsync(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) }
    }

    static func rename(_ source: String, to destination: String) throws {
        if Glibc.rename(source, destination) != 0 { throw Errno(rawValue: errno) }
    }

    static func remove(_ path: String) { _ = unlink(path) }
}
