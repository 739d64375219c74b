import ArgumentParser
import CommandSupport
import HubStore
import KernelIdentity

struct StatsCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what the archive holds and what it costs."
    )

    @OptionGroup var store: StoreOptions
    @Option(help: "table or json.") var format: OutputFormat = .table

    func execute() throws {
        let statistics = try store.open(.readOnly).statistics()
        switch format {
        case .json: try Printing.json(StatisticsJSON(statistics))
        case .table: try Printing.result(text(statistics))
        }
    }

    private func text(_ statistics: StoreStatistics) -> String {
        var table = TextTable([
            ("DISTRO", .leading), ("VERSION", .leading), ("ARCH", .leading), ("KERNELS", .trailing), ("BTF", .trailing),
            ("STORED", .trailing), ("RATIO", .trailing),
        ])
        for series in statistics.series {
            table.add([
                series.distribution, series.version, series.architecture.rawValue, "\(series.kernels)",
                readableByteCount(series.canonicalBytes), readableByteCount(series.encodedBytes),
                Self.ratio(series.canonicalBytes, series.encodedBytes),
            ])
        }
        let contents =
            "\(counted(statistics.kernels, "kernel")), \(counted(statistics.modules, "module")), "
            + "\(counted(statistics.distinctBTF, "BTF")) of "
            + "\(readableByteCount(statistics.canonicalBytes)), stored in \(readableByteCount(statistics.fileBytes)) "
            + "(\(Self.ratio(statistics.canonicalBytes, statistics.fileBytes)))"
        let packages =
            "packages: \(statistics.packagesStored) stored, \(statistics.packagesWithoutImage) without an image, "
            + "\(statistics.packagesFailed) failed"
        return table.text + "\n" + contents + "\n" + packages + "\n"
    }

    /// How many times smaller bytes are stored, such as `1/45`.
    private static func ratio(_ canonical: Int, _ stored: Int) -> String {
        stored > 0 ? "1/\((canonical + stored / 2) / stored)" : "-"
    }
}

/// What `stats --format json` prints; docs/operation.md documents the fields.
private struct StatisticsJSON: Encodable {
    struct Series: Encodable {
        let distribution: String
        let version: String
        let architecture: String
        let kernels: Int
        let bytes: Int
        let encodedBytes: Int

        enum CodingKeys: String, CodingKey {
            case distribution, version, architecture, kernels, bytes
            case encodedBytes = "encoded_bytes"
        }
    }
    let series: [Series]
    let kernels: Int
    let modules: Int
    let btfs: Int
    let bytes: Int
    let encodedBytes: Int
    let fileBytes: Int
    let packagesStored: Int
    let packagesWithoutImage: Int
    let packagesFailed: Int

    enum CodingKeys: String, CodingKey {
        case series, kernels, modules, btfs, bytes
        case encodedBytes = "encoded_bytes"
        case fileBytes = "file_bytes"
        case packagesStored = "packages_stored"
        case packagesWithoutImage = "packages_without_image"
        case packagesFailed = "packages_failed"
    }

    init(_ statistics: StoreStatistics) {
        series = statistics.series.map {
            Series(
                distribution: $0.distribution,
                version: $0.version,
                architecture: $0.architecture.rawValue,
                kernels: $0.kernels,
                bytes: $0.canonicalBytes,
                encodedBytes: $0.encodedBytes
            )
        }
        kernels = statistics.kernels
        modules = statistics.modules
        btfs = statistics.distinctBTF
        bytes = statistics.canonicalBytes
        encodedBytes = statistics.encodedBytes
        fileBytes = statistics.fileBytes
        packagesStored = statistics.packagesStored
        packagesWithoutImage = statistics.packagesWithoutImage
        packagesFailed = statistics.packagesFailed
    }
}
