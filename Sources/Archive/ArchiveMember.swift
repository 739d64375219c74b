/// One entry of an archive.
public struct ArchiveMember: Hashable, Sendable {
    /// What an entry is.
    public enum Kind: Hashable, Sendable {
        /// A regular file with contents.
        case file
        /// A folder.
        case directory
        /// A symbolic link, with what it points to as it is written.
        case symbolicLink(target: String)
        /// A second name for an earlier member.
        case hardLink(target: String)
        /// A device, socket or pipe.
        case other
    }

    /// The path within the archive: relative, with no leading `./`, no empty part and no `..`.
    public let path: String
    /// What it is.
    public let kind: Kind
    /// The size of its contents in bytes as the archive states it, or nil where the format does not say.
    public let size: UInt64?

    /// Makes a path relative and free of empty and `.` parts.
    ///
    /// - Returns: nil when a part is `..`, which would lead out of the archive.
    static func safePath(_ path: String) -> String? {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            guard part != ".." else { return nil }
            parts.append(part)
        }
        return parts.joined(separator: "/")
    }
}
