/// The name of a kernel in the archive: `distribution/version/architecture/release`.
///
/// For example `debian/12/x86_64/6.1.0-56-cloud-amd64`: ID and VERSION_ID of os-release, the archive's name of the
/// architecture, and what `uname -r` says on the running kernel. Parsing resolves aliases (`bookworm`, `aarch64`,
/// `7.9`), so that two spellings of one kernel are one value.
public struct KernelName: Hashable, Sendable {
    /// The distribution: ID of os-release, such as `debian`.
    public let distribution: String
    /// The distribution's version: VERSION_ID of os-release, such as `12`, or a codename where a release has none.
    public let version: String
    /// The machine that the kernel is built for.
    public let architecture: Architecture
    /// What `uname -r` prints.
    public let release: String

    /// The most bytes that one part of a name may have.
    public static let maximumPartLength = 128

    /// Makes a name from its four parts, resolving aliases.
    ///
    /// - Parameters:
    ///   - distribution: ID of os-release.
    ///   - version: VERSION_ID of os-release, a codename, or a minor release of a distribution that is filed by major.
    ///   - architecture: any of the names that distributions and `uname -m` use.
    ///   - release: what `uname -r` prints.
    /// - Throws: `KernelNameError` when a part is empty, too long, or holds what could leave a path.
    public init(
        distribution: String,
        version: String,
        architecture: String,
        release: String
    ) throws(KernelNameError) {
        let parts = [distribution, version, architecture, release]
        for part in parts where !Self.isWellFormed(part) {
            throw KernelNameError(name: parts.joined(separator: "/"), part: part)
        }
        self.distribution = distribution.lowercased()
        self.version = VersionAliases.resolve(version, of: self.distribution)
        self.architecture = Architecture(alias: architecture)
        self.release = release
    }

    /// Makes a name from its written form.
    ///
    /// - Parameter text: four parts, separated by slashes.
    /// - Throws: `KernelNameError` when there are not four well-formed parts.
    public init(parsing text: String) throws(KernelNameError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4 else { throw KernelNameError(name: text, part: nil) }
        try self.init(distribution: parts[0], version: parts[1], architecture: parts[2], release: parts[3])
    }

    /// The other names of the distribution's version, such as `bookworm`, sorted.
    public var versionAliases: [String] { VersionAliases.codenames(of: version, of: distribution) }

    /// Whether a part may stand in a path, a URL and a tar member: printable ASCII, no slash, not `.` or `..`.
    static func isWellFormed(_ part: String) -> Bool {
        guard !part.isEmpty, part.utf8.count <= maximumPartLength, part != ".", part != ".." else { return false }
        return part.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default:
                "._+-~:@".utf8.contains(byte)
            }
        }
    }
}

extension KernelName: CustomStringConvertible, LosslessStringConvertible {
    /// The written form: `distribution/version/architecture/release`.
    public var description: String { "\(distribution)/\(version)/\(architecture)/\(release)" }

    /// Makes a name from its written form, or nil when it is none.
    public init?(_ description: String) {
        guard let name = try? KernelName(parsing: description) else { return nil }
        self = name
    }
}

extension KernelName: Comparable {
    /// Orders names part by part, numbers within a part by their value: `6.1.0-9` stands before `6.1.0-10`.
    public static func < (left: KernelName, right: KernelName) -> Bool {
        let pairs = [
            (left.distribution, right.distribution),
            (left.version, right.version),
            (left.architecture.rawValue, right.architecture.rawValue),
            (left.release, right.release),
        ]
        for (one, other) in pairs where one != other { return VersionOrder.isOrdered(one, before: other) }
        return false
    }
}

/// A text that names no kernel.
public struct KernelNameError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text as it was given.
    public let name: String
    /// The part that cannot stand, or nil when there are not four.
    public let part: String?

    /// One sentence that says what is wrong and what a name looks like.
    public var description: String {
        let example = "a kernel is named like debian/12/x86_64/6.1.0-56-cloud-amd64"
        guard let part else { return "'\(name)' does not have four parts; \(example)" }
        return part.isEmpty
            ? "'\(name)' has an empty part; \(example)"
            : "'\(part)' cannot be part of a kernel's name (letters, digits and ._+-~:@ only); \(example)"
    }
}
