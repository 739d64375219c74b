// swift-tools-version: 6.3
import PackageDescription

let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The executables carry Swift's libraries: they start faster, and run where no Swift is installed. Foundation's static
/// form asks for more libraries than the modules that were compiled against its dynamic form name.
let selfContained: [LinkerSetting] = [
    .unsafeFlags([
        "-use-ld=lld", "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
        "-l_FoundationCollections",
    ])
]

/// hubctl carries all libraries but libc and libm, by way of Libraries/.
let standsAlone: [LinkerSetting] = [
    .unsafeFlags(["-L", "\(Context.packageDirectory)/Libraries", "-Xclang-linker", "-static-libgcc"])
]

let package = Package(
    name: "btf-hub",
    products: [
        .executable(name: "hubctl", targets: ["hubctl"]),
        .executable(name: "hubworker", targets: ["hubworker"]),
        // For Benchmarks/, which is a package of its own.
        .library(name: "HubLibrary", targets: ["BTF", "HubStore", "KernelIdentity"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        // System libraries and the shims they need.
        .systemLibrary(name: "CElf", providers: [.apt(["libelf-dev"])]),
        .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CLzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CCurlShims", dependencies: ["CCurl"]),
        .systemLibrary(name: "CMalloc"),

        // The ground floor: formats and names. None of these knows another, save that all may name a kernel.
        .target(name: "BTF", swiftSettings: house),
        .target(name: "BTFDelta", dependencies: ["BTF", "Archive"], swiftSettings: house),
        .target(name: "ELF", dependencies: ["CElf", "CZlib", "CZstd"], swiftSettings: house),
        .target(name: "Archive", dependencies: ["CArchive", "CLzma", "CZstd"], swiftSettings: house),
        .target(name: "KernelIdentity", swiftSettings: house),

        // One floor up: what the project exists for.
        .target(name: "DWARF", dependencies: ["BTF", "ELF"], swiftSettings: house),
        .target(
            name: "Minimizer",
            dependencies: ["BTF", "ELF", "Archive", "KernelIdentity"],
            swiftSettings: house
        ),
        .target(
            name: "KernelPackages",
            dependencies: [
                "Archive", "KernelIdentity", "CCurl", "CCurlShims",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "HubStore",
            dependencies: [
                "BTF", "BTFDelta", "Archive", "KernelIdentity",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.embedInCode("schema.sql")],
            swiftSettings: house
        ),
        .target(name: "Conversion", dependencies: ["BTF", "ELF", "DWARF", "Archive"], swiftSettings: house),

        .target(
            name: "Bundler",
            dependencies: ["Archive", "BTF", "BTFDelta", "HubStore", "KernelIdentity", "Minimizer"],
            swiftSettings: house
        ),

        // The two flows.
        .target(
            name: "HubWorker",
            dependencies: [
                "KernelPackages", "Conversion", "HubStore", "BTF", "DWARF", "ELF", "Archive", "KernelIdentity",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "HubServer",
            dependencies: [
                "HubStore", "Minimizer", "Bundler", "BTF", "Archive", "KernelIdentity",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house
        ),

        // The command line.
        .target(
            name: "CommandSupport",
            dependencies: [
                "BTF", "ELF", "Archive", "KernelIdentity", "DWARF", "Conversion", "Minimizer", "HubStore", "CMalloc",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: house
        ),
        .executableTarget(
            name: "hubctl",
            dependencies: [
                "CommandSupport", "BTF", "ELF", "Archive", "KernelIdentity", "DWARF", "Conversion", "Minimizer",
                "Bundler", "HubStore", "HubServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house,
            linkerSettings: selfContained + standsAlone
        ),
        .executableTarget(
            name: "hubworker",
            dependencies: [
                "CommandSupport", "HubWorker", "HubStore", "KernelPackages", "KernelIdentity",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house,
            linkerSettings: selfContained
        ),

        // Tests mirror the house. They use public and package declarations only, so that they test the release build.
        .target(name: "TestSupport", dependencies: ["BTF"], path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(name: "ArchiveTests", dependencies: ["Archive", "TestSupport"], swiftSettings: house),
        .testTarget(name: "BTFTests", dependencies: ["BTF", "TestSupport"], swiftSettings: house),
        .testTarget(name: "BTFDeltaTests", dependencies: ["BTF", "BTFDelta", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "BundlerTests",
            dependencies: ["Archive", "BTF", "Bundler", "HubStore", "KernelIdentity", "Minimizer", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            // They start hubctl and hubworker, which are built along with all tests.
            name: "CommandTests",
            dependencies: ["BTF", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            name: "ConversionTests",
            dependencies: ["Archive", "BTF", "Conversion", "ELF", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            name: "DWARFTests",
            dependencies: ["BTF", "DWARF", "ELF", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: house
        ),
        .testTarget(name: "ELFTests", dependencies: ["ELF", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "HubServerTests",
            dependencies: [
                "Archive", "Bundler", "HubServer", "HubStore", "KernelIdentity", "Minimizer", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "HubStoreTests",
            dependencies: ["BTF", "BTFDelta", "HubStore", "KernelIdentity", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            name: "HubWorkerTests",
            dependencies: [
                "BTF", "Conversion", "HubStore", "HubWorker", "KernelIdentity", "KernelPackages", "TestSupport",
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "KernelIdentityTests",
            dependencies: ["KernelIdentity", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            name: "KernelPackagesTests",
            dependencies: [
                "Archive", "KernelPackages", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "MinimizerTests",
            dependencies: ["Archive", "BTF", "ELF", "KernelIdentity", "Minimizer", "TestSupport"],
            resources: [.copy("Programs")],
            swiftSettings: house
        ),
    ],
    swiftLanguageModes: [.v6]
)
