internal import Foundation
internal import GRDB
internal import KernelIdentity

/// Reads rows of the table of kernels, joined with their BTF and their package.
enum KernelRows {
    /// Selects the columns that `kernel(from:)` reads.
    static let select = """
        SELECT kernels.id, kernels.distribution, kernels.version, kernels.architecture, kernels.release,
            kernels.build_id, kernels.stored_at, kernels.superseded_at, kernels.seal, btf.digest, btf.size,
            ledger.source, ledger.package, ledger.version, ledger.architecture, ledger.digest
        FROM kernels LEFT JOIN btf ON btf.id = kernels.btf_id LEFT JOIN ledger ON ledger.id = kernels.ledger_id
        """

    /// What the row calls its kernel, whether or not that is a name.
    static func subject(of row: Row) -> String {
        (1...4).map { String.fromDatabaseValue(row[$0]) ?? "?" }.joined(separator: "/")
    }

    /// Reads a row and checks it against its seal.
    ///
    /// - Throws: `StoreError.damaged` when they do not match.
    static func kernel(from row: Row, path: String) throws -> Kernel {
        do { return try checkedKernel(from: row) } catch let damage as Damage {
            throw StoreError.damaged(path: path, subject: subject(of: row), reason: damage.reason)
        }
    }

    private static func checkedKernel(from row: Row) throws -> Kernel {
        let name: KernelName
        do {
            name = try KernelName(
                distribution: try row.column(1),
                version: try row.column(2),
                architecture: try row.column(3),
                release: try row.column(4)
            )
        } catch is KernelNameError { throw Damage(reason: "its name is malformed") }
        let buildID = try row.buildIDColumn(5)
        let btf = BTFReference(digest: try row.digestColumn(9), size: try row.column(10))
        guard try row.column(8) == Seal.kernel(name, buildID, btf.digest) else {
            throw Damage(reason: "its row does not match its seal")
        }
        return Kernel(
            id: try row.column(0),
            name: name,
            buildID: buildID,
            btf: btf,
            package: try package(from: row),
            storedAt: Date(storedSeconds: try row.column(6)),
            supersededAt: try row.optionalColumn(7).map(Date.init(storedSeconds:))
        )
    }

    private static func package(from row: Row) throws -> SourcePackage? {
        guard let source = try row.optionalColumn(11, String.self) else { return nil }
        return SourcePackage(
            source: source,
            name: try row.column(12),
            version: try row.column(13),
            architecture: try row.column(14),
            digest: try row.optionalColumn(15, Data.self).flatMap(ContentDigest.init(_:))
        )
    }
}
