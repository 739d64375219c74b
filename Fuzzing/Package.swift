// swift-tools-version: 6.3
import PackageDescription

// libFuzzer over what reads untrusted BPF objects; a package of its own, so that normal builds do not pay for it. The
// modules are the project's, by links. Each input starts with a letter that says what it is (ObjectFuzzer.swift):
//   swift build -c release --package-path Fuzzing -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld
//   ASAN_OPTIONS=detect_leaks=0 Fuzzing/.build/release/ObjectFuzzer -max_total_time=600 -max_len=60000 CORPUS
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "btf-hub-fuzzing",
    targets: [
        .systemLibrary(name: "CElf", pkgConfig: "libdw"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive"),
        .systemLibrary(name: "CLzma", pkgConfig: "liblzma"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .target(name: "CFuzzDriver"),
        .target(name: "BTF", swiftSettings: house),
        .target(name: "ELF", dependencies: ["CElf", "CZlib", "CZstd"], swiftSettings: house),
        .target(name: "Archive", dependencies: ["CArchive", "CLzma", "CZstd"], swiftSettings: house),
        .target(name: "KernelIdentity", swiftSettings: house),
        .target(
            name: "Minimizer",
            dependencies: ["BTF", "ELF", "Archive", "KernelIdentity"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "ObjectFuzzer",
            dependencies: ["BTF", "CFuzzDriver", "Minimizer"],
            swiftSettings: house
        ),
    ],
    swiftLanguageModes: [.v6]
)
