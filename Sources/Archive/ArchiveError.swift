/// Where in a file reading stood: the file, the archive members around the place, and the byte.
public struct ArchivePlace: Hashable, Sendable, CustomStringConvertible {
    /// The outermost file's path, or a name for bytes that are in no file.
    public let file: String
    /// The members that were open, outermost first: `data.tar.xz`, then `usr/lib/debug/boot/vmlinux-…`.
    public let members: [String]
    /// How many bytes of the outermost file had been read; nil when a place within it means nothing.
    public let offset: UInt64?

    /// Names a place.
    ///
    /// - Parameters:
    ///   - file: the outermost file.
    ///   - members: the members that were open, outermost first.
    ///   - offset: how many bytes of the file had been read.
    public init(file: String, members: [String] = [], offset: UInt64? = nil) {
        self.file = file
        self.members = members
        self.offset = offset
    }

    /// The place as a phrase: `x.deb, member data.tar.xz, near byte 4711`.
    public var description: String {
        var text = file
        if !members.isEmpty { text += ", member " + members.joined(separator: " / ") }
        if let offset { text += ", near byte \(offset)" }
        return text
    }

    func advanced(by count: Int) -> ArchivePlace {
        ArchivePlace(file: file, members: members, offset: (offset ?? 0) + UInt64(count))
    }

    func inside(_ member: String) -> ArchivePlace {
        ArchivePlace(file: file, members: members + [member], offset: offset)
    }
}

/// Why an archive could not be read or written.
public struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The class of a fault.
    public enum Kind: Hashable, Sendable {
        /// The system refused to open or read the file.
        case cannotRead
        /// The input ends too early.
        case truncated
        /// The input contradicts its own format.
        case damaged
        /// The input is of a format that is not read here.
        case unsupported
        /// A member, or what compressed bytes unpack to, is larger than the caller's limit.
        case tooLarge
        /// A member's name leads out of the archive.
        case unsafePath
        /// The archive could not be written.
        case cannotWrite
    }

    /// The class of the fault.
    public let kind: Kind
    /// Where it was met.
    public let place: ArchivePlace
    /// What the library or the system said.
    public let detail: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: the class of the fault.
    ///   - place: where it was met.
    ///   - detail: what the library or the system said.
    public init(_ kind: Kind, at place: ArchivePlace, _ detail: String) {
        self.kind = kind
        self.place = place
        self.detail = detail
    }

    /// One sentence that names the file and the place.
    public var description: String {
        switch kind {
        case .cannotRead: "\(place): cannot be read: \(detail)"
        case .truncated: "\(place): ends too early (\(detail)); fetch the file again"
        case .damaged: "\(place): is damaged (\(detail)); fetch the file again"
        case .unsupported: "\(place): is no archive of a known format (\(detail))"
        case .tooLarge: "\(place): \(detail)"
        case .unsafePath: "\(place): \(detail)"
        case .cannotWrite: "\(place): cannot be written: \(detail)"
        }
    }
}
