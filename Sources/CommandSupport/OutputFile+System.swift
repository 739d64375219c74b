import Glibc
import SystemPackage

/// The three calls that swift-system does not have yet.
extension OutputFile {
    static func sync(_ descriptor: FileDescriptor) throws {
        // A pipe or a device, such as /dev/full, cannot be synced; writing to it has told already.
        if fsync(descriptor.rawValue) != 0, errno != EINVAL, errno != EROFS { throw Errno(rawValue: errno) }
    }

    static func rename(_ source: String, to destination: String) throws {
        if Glibc.rename(source, destination) != 0 { throw Errno(rawValue: errno) }
    }

    static func remove(_ path: String) { _ = unlink(path) }
}
