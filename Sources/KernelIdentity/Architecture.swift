/// A machine architecture, by the archive's name for it.
///
/// Distributions, `uname -m` and the archive each have names of their own; `init(alias:)` takes any of them. A name
/// that is not known is kept as it is, so that a new architecture needs no new code to be stored.
public struct Architecture: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The archive's name, such as `x86_64` or `arm64`.
    public let rawValue: String

    /// Makes an architecture from the archive's own name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes an architecture from any name that is used for it.
    ///
    /// - Parameter alias: a Debian, rpm, `uname -m` or archive name.
    public init(alias: String) {
        let lowercased = alias.lowercased()
        self.init(rawValue: Self.aliases[lowercased] ?? lowercased)
    }

    /// 64-bit x86, which the archive calls `x86_64`.
    public static let amd64 = Architecture(rawValue: "x86_64")
    /// 64-bit Arm.
    public static let arm64 = Architecture(rawValue: "arm64")
    /// 32-bit x86.
    public static let i386 = Architecture(rawValue: "i386")
    /// 32-bit Arm.
    public static let arm = Architecture(rawValue: "arm")
    /// Little-endian 64-bit POWER.
    public static let ppc64le = Architecture(rawValue: "ppc64le")
    /// 64-bit IBM Z, the big-endian one.
    public static let s390x = Architecture(rawValue: "s390x")
    /// 64-bit RISC-V.
    public static let riscv64 = Architecture(rawValue: "riscv64")

    /// What `uname -m` prints on such a machine.
    public var machine: String {
        switch self {
        case .arm64: "aarch64"
        case .arm: "armv7l"
        case .i386: "i686"
        default: rawValue
        }
    }

    /// The archive's name.
    public var description: String { rawValue }

    private static let aliases: [String: String] = [
        "amd64": "x86_64", "x86-64": "x86_64", "x64": "x86_64",
        "aarch64": "arm64",
        "i486": "i386", "i586": "i386", "i686": "i386", "x86": "i386",
        "armhf": "arm", "armel": "arm", "armv7l": "arm", "armv7hl": "arm",
        "ppc64el": "ppc64le",
    ]
}
