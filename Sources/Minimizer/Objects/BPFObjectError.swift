/// A fault of a BPF object: what is wrong, in which object, in which section and at which offset.
public struct BPFObjectError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of fault it is.
    public enum Code: Hashable, Sendable {
        /// The file cannot be read, or is no ELF file.
        case unreadable
        /// The object has no `.BTF` section.
        case noTypes
        /// The object has no `.BTF.ext` section, so that it says nothing about relocations.
        case noExtension
        /// A section holds what its format does not allow.
        case malformed
        /// A relocation record asks for what its types cannot give.
        case badRelocation
    }

    /// What sort of fault it is.
    public let code: Code
    /// The object's path, or the display name that the caller gave to bytes in memory.
    public let object: String
    /// The section in question, where there is one.
    public let section: String?
    /// The offset in bytes from the start of `section`, where it is known.
    public let offset: Int?
    /// What is wrong, as the end of a sentence.
    public let reason: String

    /// Describes a fault.
    ///
    /// - Parameters:
    ///   - code: what sort of fault it is.
    ///   - object: the object's path or display name.
    ///   - section: the section in question.
    ///   - offset: where in the section, in bytes.
    ///   - reason: what is wrong, as the end of a sentence.
    public init(_ code: Code, object: String, section: String? = nil, offset: Int? = nil, reason: String) {
        self.code = code
        self.object = object
        self.section = section
        self.offset = offset
        self.reason = reason
    }

    /// The fault in one sentence.
    public var description: String {
        var place = object
        if let section { place += ", section \(section)" }
        if let offset { place += ", offset \(offset)" }
        return "\(place): \(reason)"
    }
}
