import KernelIdentity

/// How clients that read `/etc/os-release` without unquoting it come to spell ID and VERSION_ID.
///
/// os-release may quote its values (os-release(5)), and distributions differ. A client that takes `ID="centos"` with its
/// quotation marks looks for `"centos"/7`, marks and all.
enum OSReleaseSpelling {
    /// Distributions whose os-release quotes ID.
    private static let quoted: Set<String> = [
        "almalinux", "amzn", "centos", "ol", "opensuse-leap", "rhel", "rocky", "sles",
    ]
    /// Distributions whose os-release does not quote VERSION_ID.
    private static let unquotedVersion: Set<String> = ["fedora"]

    /// Inspektor Gadget keeps the quotation marks of ID and removes those of VERSION_ID.
    static func inInspektorGadget(of name: KernelName) -> [String] {
        let plain = "\(name.distribution)/\(name.version)"
        return quoted.contains(name.distribution) ? [plain, "\"\(name.distribution)\"/\(name.version)"] : [plain]
    }

    /// bcc keeps the quotation marks of ID, and finds no VERSION_ID that has none.
    static func inBCC(of name: KernelName) -> [String] {
        let spellings = inInspektorGadget(of: name)
        return unquotedVersion.contains(name.distribution) ? spellings + ["\(name.distribution)/"] : spellings
    }
}
