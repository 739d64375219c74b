import Foundation

/// A folder into which files are written, each whole or not at all.
public struct OutputFolder: Sendable {
    private let path: String

    /// Names the folder, and makes it where there is none.
    ///
    /// - Parameter path: its path.
    /// - Throws: `CommandFailure` when it cannot be made.
    public init(_ path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.inputOutput, "cannot create the folder \(path): \(error.localizedDescription)")
        }
    }

    /// Writes a file, over what has its name.
    ///
    /// - Parameters:
    ///   - name: its name in the folder.
    ///   - contents: all its bytes.
    /// - Throws: `CommandFailure` when it cannot be written.
    public func write(_ name: String, _ contents: [UInt8]) throws { try OutputFile("\(path)/\(name)").write(contents) }
}
