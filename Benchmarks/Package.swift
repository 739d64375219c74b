// swift-tools-version: 6.3
import PackageDescription

// What only measurements need, apart from the hub's own package so that normal builds do not pay for it.
let package = Package(
    name: "btf-hub-benchmarks",
    dependencies: [
        .package(name: "btf-hub", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "growstore",
            dependencies: [
                .product(name: "HubLibrary", package: "btf-hub"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(
            name: "readstore",
            dependencies: [
                .product(name: "HubLibrary", package: "btf-hub"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
