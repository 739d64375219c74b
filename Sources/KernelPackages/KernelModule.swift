/// A kernel module with its debug information, as a package holds it.
public struct KernelModule: Sendable {
    /// The module's path in the package.
    public let memberPath: String
    /// The module: an ELF file, unpacked.
    public let file: WorkFile

    /// The release of the kernel that a path in a package names a module of, or nil when no module lies at such a path.
    ///
    /// Everywhere `usr/lib/debug/lib/modules/RELEASE/…/NAME.ko`, with `.debug` behind it in rpms, and below
    /// `usr/lib/debug/usr` where `/lib` is a link.
    ///
    /// - Parameter path: a member's path, relative and normalised.
    /// - Returns: the release.
    package static func release(fromPath path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.starts(with: ["usr", "lib", "debug"]), let name = parts.last else { return nil }
        var folders = parts.dropFirst(3).dropLast()
        if folders.first == "usr" { folders = folders.dropFirst() }
        guard folders.count >= 3, folders.starts(with: ["lib", "modules"]),
            name.hasSuffix(".ko") || name.hasSuffix(".ko.debug")
        else { return nil }
        return folders.dropFirst(2).first.map(String.init)
    }
}
