/// A kernel image with its debug information, as a package holds it.
public struct KernelImage: Sendable {
    /// What `uname -r` prints on this kernel, taken from the image's path.
    public let release: String
    /// The image's path in the package.
    public let memberPath: String
    /// The image: an ELF file, unpacked.
    public let file: WorkFile

    /// The release that a path in a package names, or nil when no kernel image lies at such a path.
    ///
    /// Debian and Ubuntu: `usr/lib/debug/boot/vmlinux-RELEASE`. Fedora, CentOS, Oracle, Amazon:
    /// `usr/lib/debug/lib/modules/RELEASE/vmlinux`, below `usr/lib/debug/usr` where `/lib` is a link. SUSE:
    /// `usr/lib/debug/boot/vmlinux-RELEASE.debug`.
    ///
    /// - Parameter path: a member's path, relative and normalised.
    /// - Returns: the release.
    package static func release(fromPath path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count >= 5, parts.starts(with: ["usr", "lib", "debug"]), let last = parts.last else { return nil }
        var folder = parts.dropFirst(3).dropLast()
        if folder.first == "usr" { folder = folder.dropFirst() }
        if folder.elementsEqual(["boot"]), last.hasPrefix("vmlinux-") {
            let release = last.dropFirst("vmlinux-".count)
            return String(release.hasSuffix(".debug") ? release.dropLast(".debug".count) : release)
        }
        if folder.count == 3, folder.starts(with: ["lib", "modules"]), last == "vmlinux" || last == "vmlinux.debug" {
            return folder.last.map(String.init)
        }
        return nil
    }
}
