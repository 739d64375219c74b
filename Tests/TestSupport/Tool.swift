public import Foundation

/// Runs the real tools that tests hold this project against: gcc, clang, pahole, bpftool, tar, xz and the like.
public enum Tool {
    /// What a finished tool left.
    public struct Result: Sendable {
        /// The exit status; a signal's number, negated, where one ended the tool.
        public let status: Int32
        /// What it wrote to standard output.
        public let output: Data
        /// What it wrote to standard error, as text.
        public let diagnostics: String
        /// Standard output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// A tool that could not be started or that failed where it must not.
    public struct Failure: Error, CustomStringConvertible {
        /// The command and what it said.
        public let description: String

        /// Makes a failure that says so.
        public init(description: String) { self.description = description }
    }

    /// Runs a tool that must succeed, and returns what it printed.
    ///
    /// - Parameters:
    ///   - name: a program on the PATH (which here includes sbin), or an absolute path.
    ///   - arguments: its arguments.
    ///   - directory: where it runs; this process's directory when nil.
    /// - Returns: what the tool left.
    /// - Throws: `Failure` when it cannot start or does not exit with 0.
    @discardableResult
    public static func run(_ name: String, _ arguments: [String], in directory: URL? = nil) throws -> Result {
        let result = try attempt(name, arguments, in: directory)
        guard result.status == 0 else {
            let command = ([name] + arguments).joined(separator: " ")
            throw Failure(description: "\(command): exit \(result.status)\n\(result.diagnostics)\(result.text)")
        }
        return result
    }

    /// Runs a tool that may fail.
    ///
    /// - Parameters:
    ///   - name: a program on the PATH (which here includes sbin), or an absolute path.
    ///   - arguments: its arguments.
    ///   - directory: where it runs; this process's directory when nil.
    ///   - environment: variables to set beside the inherited ones.
    /// - Returns: what the tool left.
    /// - Throws: `Failure` when it cannot start.
    public static func attempt(
        _ name: String,
        _ arguments: [String],
        in directory: URL? = nil,
        environment: [String: String] = [:]
    ) throws -> Result {
        guard let path = path(of: name) else { throw Failure(description: "\(name) is not installed") }
        let process = Process()
        process.executableURL = path
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: nothing can fill up while the other stream is read.
        let scratch = try TemporaryDirectory()
        let outputURL = scratch.url.appendingPathComponent("stdout")
        let errorURL = scratch.url.appendingPathComponent("stderr")
        for url in [outputURL, errorURL] { try Data().write(to: url) }
        let output = try FileHandle(forWritingTo: outputURL)
        let error = try FileHandle(forWritingTo: errorURL)
        process.standardOutput = output
        process.standardError = error
        try process.run()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Result(
            status: status,
            output: try Data(contentsOf: outputURL),
            diagnostics: String(decoding: try Data(contentsOf: errorURL), as: UTF8.self)
        )
    }

    /// Where a program is, or nil when it is not installed.
    public static func path(of name: String) -> URL? {
        if name.hasPrefix("/") { return URL(fileURLWithPath: name) }
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in (inherited + ":/usr/sbin:/sbin").split(separator: ":") {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return URL(fileURLWithPath: candidate) }
        }
        return nil
    }
}
