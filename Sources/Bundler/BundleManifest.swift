internal import Foundation
internal import HubStore
internal import KernelIdentity
internal import Minimizer

/// What a bundle says about itself: `manifest.json`. docs/bundles.md documents the fields.
struct BundleManifest: Encodable {
    struct Object: Encodable {
        let name: String
        let sha256: String?
        let relocations: Int
    }

    /// What the programs come to on some of the kernels.
    struct Solution: Encodable {
        let btf: String
        let size: Int
        let unresolved: [Unresolved]
    }

    struct Unresolved: Encodable {
        let object: Int
        let section: String
        let function: String?
        let instruction: Int
        let source: String?
        let kind: String
        let local: String
        let outcome: String
        let reason: String?
    }

    struct KernelEntry: Encodable {
        let name: String
        let buildID: String?
        let sourceBTF: String
        let solution: Int
        let archive: String?
        let paths: [String]

        private enum CodingKeys: String, CodingKey {
            case name, solution, archive, paths
            case buildID = "build_id"
            case sourceBTF = "source_btf"
        }
    }

    struct LeftOut: Encodable {
        let kernel: String
        let reason: String
    }

    let format = 1
    let hub = HubVersion.current
    let layout: String
    let objects: [Object]
    let solutions: [Solution]
    let kernels: [KernelEntry]
    let leftOut: [LeftOut]

    private enum CodingKeys: String, CodingKey {
        case format, hub, layout, objects, solutions, kernels
        case leftOut = "left_out"
    }

    /// UTF-8, the same bytes for the same bundle.
    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}

extension BundleManifest.Object {
    /// Describes an object by the last part of its path, so that a bundle does not depend on where it was made.
    init(_ requests: ObjectRequests) {
        let name = requests.object.split(separator: "/").last.map(String.init) ?? requests.object
        self.init(name: name, sha256: requests.digest, relocations: requests.requests.count)
    }
}

extension BundleManifest.Unresolved {
    init(_ unresolved: KernelSolution.Unresolved, _ relocation: ProgramRelocations.Relocation) {
        let record = relocation.record
        self.init(
            object: relocation.object,
            section: record.location.section,
            function: record.location.function,
            instruction: record.location.index,
            source: record.location.source?.description,
            kind: record.kind.name,
            local: record.local.path,
            outcome: unresolved.outcome.rawValue,
            reason: unresolved.reason
        )
    }
}
