/// A fault of an ELF file: what is wrong, in which file, in which section and at which offset.
public struct ELFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of fault it is.
    public enum Code: Hashable, Sendable {
        /// The file cannot be opened, read or mapped.
        case unreadable
        /// The bytes are no ELF file.
        case notELF
        /// A header, table or section runs past the end of the file.
        case truncated
        /// A field holds what the ELF specification does not allow.
        case malformed
        /// A section's decompressed size is above the caller's limit.
        case tooLarge
        /// The file is sound but uses something that is not supported.
        case unsupported
    }

    /// What sort of fault it is.
    public let code: Code
    /// The file's path, or the display name that the caller gave to bytes in memory.
    public let file: String
    /// The section in question, where there is one.
    public let section: String?
    /// The offset in bytes from the start of `section`, or of the file where `section` is nil.
    public let offset: UInt64?
    /// What is wrong, as the end of a sentence.
    public let reason: String

    /// Describes a fault.
    ///
    /// - Parameters:
    ///   - code: what sort of fault it is.
    ///   - file: the file's path or display name.
    ///   - section: the section in question.
    ///   - offset: where in the section, or in the file when there is no section.
    ///   - reason: what is wrong, as the end of a sentence.
    public init(_ code: Code, file: String, section: String? = nil, offset: UInt64? = nil, reason: String) {
        self.code = code
        self.file = file
        self.section = section
        self.offset = offset
        self.reason = reason
    }

    /// The fault in one sentence.
    public var description: String {
        var place = file
        if let section { place += ", section \(section)" }
        if let offset { place += ", offset 0x\(String(offset, radix: 16))" }
        return "\(place): \(reason)"
    }
}
