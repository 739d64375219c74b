import SystemPackage

/// A file that appears whole or not at all, or standard output.
///
/// What is written goes to `PATH.partial` beside the file, which takes the file's name when all is written and synced.
/// A pipe or a device is written to as it is.
public struct OutputFile: Sendable {
    private let path: String

    /// Names the output; nothing is touched yet.
    ///
    /// - Parameter path: a path, or `-` for standard output.
    public init(_ path: String) { self.path = path }

    /// Whether this is standard output.
    public var isStandardOutput: Bool { path == "-" }

    /// Writes all bytes.
    ///
    /// - Parameter bytes: the whole content.
    /// - Throws: `CommandFailure` when they cannot be written.
    public func write(_ bytes: [UInt8]) throws {
        try write { sink in try sink(bytes) }
    }

    /// Writes what a producer hands out, piece by piece.
    ///
    /// - Parameter produce: takes a function that writes a piece.
    /// - Throws: what the producer throws, or `CommandFailure` when a piece cannot be written.
    public func write(_ produce: (_ sink: @escaping (_ piece: [UInt8]) throws -> Void) throws -> Void) throws {
        if isStandardOutput {
            try produce { try Self.write($0, to: .standardOutput, named: "standard output") }
            return
        }
        if Self.isSpecial(path) {
            let device = try failing(to: "open \(path)") { try FileDescriptor.open(FilePath(path), .writeOnly) }
            try device.closeAfter {
                try produce { try Self.write($0, to: device, named: path) }
            }
            return
        }
        let partial = path + ".partial"
        let descriptor = try failing(to: "create \(partial)") { try Self.create(FilePath(partial)) }
        do {
            try descriptor.closeAfter {
                try produce { try Self.write($0, to: descriptor, named: partial) }
                try failing(to: "finish \(partial)") { try Self.sync(descriptor) }
            }
            try failing(to: "name \(path)") { try Self.rename(partial, to: path) }
        } catch {
            Self.remove(partial)
            throw error
        }
    }

    /// Opens a new file for writing; one that is there is emptied.
    static func create(_ path: FilePath) throws -> FileDescriptor {
        let permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
        return try .open(path, .writeOnly, options: [.create, .truncate], permissions: permissions)
    }

    private static func write(_ bytes: [UInt8], to descriptor: FileDescriptor, named name: String) throws {
        _ = try failing(to: "write \(name)") { try descriptor.writeAll(bytes) }
    }
}

/// Turns an errno into a sentence.
func failing<Value>(to action: String, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as Errno {
        throw CommandFailure(.inputOutput, "cannot \(action): \(error)")
    }
}
