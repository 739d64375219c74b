import Foundation

/// A file system with little room, to see what a full disk does; it takes root to mount one.
public final class SmallFileSystem: Sendable {
    private let directory: TemporaryDirectory

    /// Whether this process may mount one.
    public static let isAvailable: Bool = (try? SmallFileSystem(kilobytes: 64)) != nil

    /// Mounts one.
    ///
    /// - Parameter kilobytes: how much it holds.
    /// - Throws: `Tool.Failure` when it cannot be mounted.
    public init(kilobytes: Int) throws {
        directory = try TemporaryDirectory()
        try Tool.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", directory.url.path])
    }

    deinit { _ = try? Tool.attempt("umount", ["-l", directory.url.path]) }

    /// The folder that it is mounted on.
    public var path: String { directory.url.path }
}
