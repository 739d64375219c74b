// swift-tools-version: 6.3
import PackageDescription

// The fuzz targets, in a package of their own: they are built with sanitizers, from the modules that they need and from
// nothing else. `Library` is a link to the project's sources. scripts/fuzz builds and runs them.

let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Library/\(name)", swiftSettings: house)
}

func system(_ name: String, _ pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Library/\(name)", pkgConfig: pkgConfig)
}

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: ["FuzzSupport"] + dependencies, swiftSettings: house)
}

let package = Package(
    name: "btf-hub",
    targets: [
        system("CElf", "libdw"),
        system("CArchive", "libarchive"),
        system("CLzma", "liblzma"),
        system("CZlib", "zlib"),
        system("CZstd", "libzstd"),
        library("BTF"),
        library("ELF", ["CElf", "CZlib", "CZstd"]),
        library("Archive", ["CArchive", "CLzma", "CZstd"]),
        library("DWARF", ["BTF", "ELF"]),
        library("KernelIdentity"),
        library("Minimizer", ["BTF", "ELF", "Archive", "KernelIdentity"]),
        library("Conversion", ["BTF", "ELF", "DWARF", "Archive"]),

        .target(name: "CLibFuzzer"),
        .target(name: "FuzzSupport", dependencies: ["CLibFuzzer", "BTF"], swiftSettings: house),
        fuzzer("FuzzBTF", ["BTF"]),
        fuzzer("FuzzDWARF", ["BTF", "DWARF", "ELF"]),
        fuzzer("FuzzELF", ["BTF", "Conversion", "DWARF", "ELF"]),
        fuzzer("FuzzImage", ["BTF", "Conversion", "ELF"]),
        fuzzer("FuzzObject", ["BTF", "Minimizer"]),
        .executableTarget(name: "PackDWARF", dependencies: ["ELF", "FuzzSupport"], swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
