/// What a package says of itself.
public struct PackageDescription: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its version as its distribution writes it; an rpm's version and release.
    public let version: String
    /// Its architecture by the distribution's own name.
    public let architecture: String
    /// The release of the distribution that it was built for, where the package lets one tell.
    public let release: DistributionRelease?
}

extension PackageDescription {
    /// Reads a Debian package's control file; nil when it lacks what each has.
    init?(_ control: ControlStanza) {
        guard let name = control["Package"], let version = control["Version"],
            let architecture = control["Architecture"]
        else { return nil }
        self.init(
            name: name,
            version: version,
            architecture: architecture,
            release: Self.release(version: version, maintainer: control["Maintainer"] ?? "")
        )
    }

    /// Tells a release by what Debian and Ubuntu write into versions, or by the kernel series that a release ships.
    package static func release(version: String, maintainer: String) -> DistributionRelease? {
        if let number = version.firstMatch(of: /[~+](?:bpo|deb)(\d+)[+u]/)?.output.1 {
            return DistributionRelease(distribution: "debian", version: String(number))
        }
        if maintainer.contains("Ubuntu") {
            let number = version.firstMatch(of: /~(\d\d\.\d\d)\./)?.output.1
            return number.map { DistributionRelease(distribution: "ubuntu", version: String($0)) }
        }
        guard maintainer.contains("Debian Kernel Team"),
            let series = version.firstMatch(of: /^(\d+\.\d+)[.~-]/)?.output.1
        else { return nil }
        return debianSeries[String(series)].map { DistributionRelease(distribution: "debian", version: $0) }
    }

    /// The kernel series of each stable release of Debian.
    private static let debianSeries = ["4.9": "9", "4.19": "10", "5.10": "11", "6.1": "12", "6.12": "13"]
}
