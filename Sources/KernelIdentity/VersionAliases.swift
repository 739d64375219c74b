/// The names that one distribution's release goes by.
enum VersionAliases {
    /// The archive's directory for a release: VERSION_ID, or the major part where a distribution is filed by it.
    ///
    /// - Parameters:
    ///   - version: VERSION_ID or a codename.
    ///   - distribution: ID of os-release; nil resolves the codenames of every distribution, and nothing else.
    /// - Returns: the version that kernels are filed by.
    static func resolve(_ version: String, of distribution: String?) -> String {
        let version = version.lowercased()
        for (owner, numbers) in codenames where distribution == nil || distribution == owner {
            if let number = numbers[version] { return number }
        }
        guard let distribution, filedByMajor.contains(distribution) else { return version }
        return String(version.prefix { $0 != "." })
    }

    /// The codenames of a release, in the order of their bytes.
    static func codenames(of version: String, of distribution: String) -> [String] {
        (codenames[distribution] ?? [:]).filter { $0.value == version }.keys.sorted()
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
