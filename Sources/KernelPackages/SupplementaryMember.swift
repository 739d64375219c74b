/// What `dwz -m` has moved out of the debug information of several files of a package, as the package holds it.
public struct SupplementaryMember: Sendable {
    /// The file's path in the package.
    public let memberPath: String
    /// The file: an ELF file, unpacked.
    public let file: WorkFile

    /// The name of the supplementary file at a path in a package, or nil when none lies at such a path.
    ///
    /// SUSE, Fedora: `usr/lib/debug/.dwz/NAME`. Debian: `usr/lib/debug/.dwz/TRIPLET/NAME`.
    ///
    /// - Parameter path: a member's path, relative and normalised.
    /// - Returns: the file's name, without folders.
    static func name(fromPath path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.starts(with: ["usr", "lib", "debug"]), parts.dropLast().contains(".dwz") else { return nil }
        return parts.last.map(String.init)
    }
}
