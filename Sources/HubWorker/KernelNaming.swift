import KernelIdentity
import ELF
import KernelPackages

/// The parts of a kernel's name that a person has given; what is nil is taken from the package or the image.
public struct KernelNaming: Hashable, Sendable {
    /// ID of os-release.
    public let distribution: String?
    /// VERSION_ID of os-release, or a codename.
    public let version: String?
    /// The architecture by any of its names.
    public let architecture: String?
    /// What `uname -r` prints.
    public let release: String?

    /// Collects what was given.
    ///
    /// - Parameters:
    ///   - distribution: ID of os-release.
    ///   - version: VERSION_ID of os-release, or a codename.
    ///   - architecture: the architecture by any of its names.
    ///   - release: what `uname -r` prints.
    public init(
        distribution: String? = nil,
        version: String? = nil,
        architecture: String? = nil,
        release: String? = nil
    ) {
        self.distribution = distribution
        self.version = version
        self.architecture = architecture
        self.release = release
    }

    /// What is given here, and what another naming says where nothing is.
    func filled(from other: KernelNaming) -> KernelNaming {
        KernelNaming(
            distribution: distribution ?? other.distribution,
            version: version ?? other.version,
            architecture: architecture ?? other.architecture,
            release: release ?? other.release
        )
    }

    /// The naming by a distribution's release; distribution and version go together or not at all.
    init(_ release: DistributionRelease?) {
        self.init(distribution: release?.distribution, version: release?.version)
    }

    /// The kernel's name.
    ///
    /// - Parameter file: what errors call the image.
    /// - Returns: the name, aliases resolved.
    /// - Throws: `ImageError` that lists the missing flags, `KernelNameError` when a part cannot stand.
    func name(of file: String) throws -> KernelName {
        guard let distribution, let version, let architecture, let release else {
            let parts = [
                ("--distro", distribution), ("--version", version), ("--arch", architecture), ("--release", release),
            ]
            throw ImageError.unnamed(file: file, missing: parts.filter { $0.1 == nil }.map(\.0))
        }
        return try KernelName(
            distribution: distribution,
            version: version,
            architecture: architecture,
            release: release
        )
    }
}

extension Architecture {
    /// The architecture that an image is built for; nil for a machine that no distribution's kernel has a name for here.
    ///
    /// The image decides, not the package: an i386 package may hold a 64-bit kernel, and `uname -m` tells of that.
    init?(_ header: ELFHeader) {
        switch header.machine {
        case .amd64: self = .amd64
        case .aarch64: self = .arm64
        case .i386: self = .i386
        case .arm: self = .arm
        case .ppc64: self = header.byteOrder == .little ? .ppc64le : Architecture(alias: "ppc64")
        case .s390: self = .s390x
        case .riscv where header.addressClass == .bits64: self = .riscv64
        case .loongarch: self = Architecture(alias: "loongarch64")
        default: return nil
        }
    }
}
