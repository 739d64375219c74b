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
        let modules: [Module]?
    }

    /// A module whose types the programs come to.
    struct Module: Encodable {
        let name: String
        /// Of its split BTF, where it has one.
        let btf: String?
        let size: Int?
    }

    struct Unresolved: Encodable {
        let rules: [String]
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
        let modules: [SourceModule]?

        private enum CodingKeys: String, CodingKey {
            case name, solution, archive, paths, modules
            case buildID = "build_id"
            case sourceBTF = "source_btf"
        }
    }

    /// The module of a kernel.
    struct SourceModule: Encodable {
        let name: String
        let sourceBTF: String
        /// Where its split BTF lies, where it has one.
        let paths: [String]?

        private enum CodingKeys: String, CodingKey {
            case name, paths
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
    let modules: String
    let objects: [Object]
    let solutions: [Solution]
    let kernels: [KernelEntry]
    let leftOut: [LeftOut]

    private enum CodingKeys: String, CodingKey {
        case format, hub, layout, modules, objects, solutions, kernels
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
    /// What a solution does not resolve by anyone's rules, in the order of the requests; what the rules agree about is
    /// there once.
    static func all(
        of solution: KernelSolution,
        _ relocations: [ProgramRelocations.Relocation]
    ) -> [BundleManifest.Unresolved] {
        var found: [KernelSolution.Unresolved] = []
        var rules: [KernelSolution.Unresolved: [LoaderRules]] = [:]
        for loader in LoaderRules.allCases {
            for unresolved in solution.unresolved[loader] ?? [] {
                if rules[unresolved] == nil { found.append(unresolved) }
                rules[unresolved, default: []].append(loader)
            }
        }
        return found.enumerated().sorted { ($0.element.index, $0.offset) < ($1.element.index, $1.offset) }
            .map { Self($0.element, rules[$0.element] ?? [], relocations[$0.element.index]) }
    }

    private init(
        _ unresolved: KernelSolution.Unresolved,
        _ rules: [LoaderRules],
        _ relocation: ProgramRelocations.Relocation
    ) {
        let record = relocation.record
        self.init(
            rules: rules.map(\.rawValue),
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
