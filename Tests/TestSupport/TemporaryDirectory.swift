public import Foundation

/// A folder of a test's own, removed when the last reference to it goes.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let url: URL

    /// Makes a new, empty folder.
    ///
    /// - Throws: what FileManager throws when it cannot be made.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("btf-hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in the folder.
    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a text file into the folder and returns its path.
    ///
    /// - Parameters:
    ///   - text: what the file holds.
    ///   - name: the file's name.
    /// - Returns: the file's path.
    /// - Throws: what Foundation throws when it cannot be written.
    public func write(_ text: String, to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
