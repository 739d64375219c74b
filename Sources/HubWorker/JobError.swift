/// Why a job file is not understood.
public struct JobError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The job file.
    public let file: String
    /// The line in it, counted from 1, where one is to blame.
    public let line: Int?
    /// What is wrong, as the end of a sentence.
    public let reason: String

    /// One sentence that names the file and the line.
    public var description: String { line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)" }
}
