import Glibc
import SystemPackage

/// The calls that swift-system does not have yet.
extension OutputFolder {
    static func makeFolder(_ path: FilePath) throws {
        if mkdir(path.string, 0o777) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
    }
}
