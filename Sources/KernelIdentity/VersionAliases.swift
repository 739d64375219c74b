/// The names that one distribution's release goes by.
enum VersionAliases {
    /// The archive's directory for a release: VERSION_ID, or the major part where a distribution is filed by it.
    static func resolve(_ version: String, of distribution: String) -> String {
        let lowercased = version.lowercased()
        if let numbered = codenames[distribution]?[lowercased] { return numbered }
        guard filedByMajor.contains(distribution), let dot = version.firstIndex(of: ".") else { return lowercased }
        return String(version[..<dot])
    }

    /// Distributions whose kernels serve a whole major release, whatever minor release os-release names.
    private static let filedByMajor: Set<String> = ["centos", "rhel", "ol", "rocky", "almalinux", "debian", "fedora"]

    private static let codenames: [String: [String: String]] = [
        "debian": [
            "stretch": "9", "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14",
            "unstable": "sid",
        ],
        "ubuntu": [
            "trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04",
            "noble": "24.04",
        ],
    ]
}
