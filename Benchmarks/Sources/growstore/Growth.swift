import Foundation
import KernelIdentity

/// The kernels that are grown out of one real one, and how far each is from the one that it is made of.
///
/// The numbers of types are those that were counted in Debian: 68 from 6.1.0-55 to -56, 75 from 6.12.115 to .117, 792 from
/// 6.1.0-47 to -55, 10,000 from the cloud flavour to the full one, 31,000 from 6.1 to 6.12.
struct Growth {
    /// A kernel of the family by its place: three flavours of a version, each with some patch levels.
    struct Place {
        let version: Int
        let flavour: Int
        let level: Int

        /// Whether others than the next patch level are made of it.
        var isFirstOfVersion: Bool { level == 0 && flavour == 0 }

        /// The place of a kernel by its number from 0.
        init(_ number: Int) {
            level = number % Growth.levels
            flavour = number / Growth.levels % Growth.flavours.count
            version = number / Growth.levels / Growth.flavours.count
        }
    }

    /// What a kernel is made of.
    enum Source {
        /// The real kernel.
        case real
        /// The first kernel of its version.
        case firstOfVersion
        /// The kernel before it.
        case previous
    }

    /// How many patch levels a flavour of a version has.
    static let levels = 25
    private static let flavours = ["amd64", "cloud-amd64", "rt-amd64"]

    /// The number of the real kernel among those that are given, from 0.
    let family: Int
    /// What makes one archive differ from another of the same kernels.
    let seed: UInt64

    /// The name of a kernel.
    func name(_ place: Place) throws -> KernelName {
        try KernelName(
            distribution: "grown",
            version: "\(family + 1)",
            architecture: "x86_64",
            release: "6.\(place.version).0-\(place.level + 1)-\(Self.flavours[place.flavour])"
        )
    }

    /// The numbers that decide how a kernel comes about and what changes in it.
    func generator(_ number: Int) -> SplitMix {
        SplitMix(seed: seed &* 1_000_003 &+ UInt64(family) &* 1_000_000_007 &+ UInt64(number))
    }

    /// What a kernel is made of and how many types change, or nil where it is the real one.
    ///
    /// Each version is made of the real kernel, so that the kernels do not grow with their number. From one patch level to
    /// the next small changes are more frequent than large ones.
    func change(_ place: Place, using generator: inout SplitMix) -> (source: Source, types: Int)? {
        switch (place.level, place.flavour, place.version) {
        case (1..., _, _): (.previous, Int(68 * pow(792.0 / 68.0, Double.random(in: 0..<1, using: &generator))))
        case (_, 1..., _): (.firstOfVersion, 10_000)
        case (_, _, 1...): (.real, 31_000)
        default: nil
        }
    }
}
