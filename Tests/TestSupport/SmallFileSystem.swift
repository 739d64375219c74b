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

    /// The path of a file on it.
    public func path(_ name: String) -> String { directory.path(name) }

    /// Mounts it again so that nothing can be written.
    ///
    /// - Throws: `Tool.Failure` when it cannot be mounted.
    public func makeReadOnly() throws { try Tool.run("mount", ["-o", "remount,ro", path]) }

    /// Fills it up but for some kilobytes.
    ///
    /// - Parameter kilobytes: how much is to be left.
    /// - Returns: the path of the file that fills it.
    /// - Throws: what Foundation throws when the file cannot be written.
    public func fill(leaving kilobytes: Int) throws -> String {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        try Data(count: max(free - kilobytes * 1024, 0)).write(to: URL(fileURLWithPath: path("filler")))
        return path("filler")
    }
}
