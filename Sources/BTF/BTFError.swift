/// A fault in BTF data: which part of it, where, and what is wrong there.
public struct BTFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The part of the data that a fault lies in.
    public enum Section: String, Hashable, Sendable {
        /// The header.
        case header
        /// The type section.
        case types
        /// The string section.
        case strings
    }

    /// The part of the data.
    public let section: Section
    /// Where the fault lies, in bytes from the section's start.
    public let offset: Int
    /// What is wrong, as a clause.
    public let reason: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - section: the part of the data.
    ///   - offset: bytes from the section's start.
    ///   - reason: a clause that says what is wrong.
    public init(_ section: Section, offset: Int, _ reason: String) {
        self.section = section
        self.offset = offset
        self.reason = reason
    }

    /// One sentence without its file, which the caller knows.
    public var description: String { "BTF \(section.rawValue), offset \(offset): \(reason)" }
}
