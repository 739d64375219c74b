import BTF
public import KernelIdentity

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension RelocationRecord {
    /// The record as one line of JSON Lines, without the line feed.
    ///
    /// Keys are sorted and what does not apply is left out, so that equal records are equal bytes.
    ///
    /// - Parameters:
    ///   - kernel: the kernel that the record is about, where it has a name.
    ///   - rules: whose rules decided.
    /// - Returns: UTF-8.
    /// - Throws: what Foundation throws when it cannot encode; no record is known that it refuses.
    public func json(kernel: KernelName? = nil, rules: LoaderRules = .libbpf) throws -> [UInt8] {
        let line = Line(
            kernel: kernel?.description,
            rules: rules.rawValue,
            object: object,
            section: location.section,
            function: location.function,
            instruction: location.index,
            instructionInFunction: location.indexInFunction,
            source: location.source?.description,
            sourceText: location.source?.text,
            kind: kind.name,
            local: Line.Local(
                root: local.root,
                typeId: local.typeID,
                access: local.access,
                path: local.path,
                value: local.value
            ),
            target: target.map(Line.Target.init),
            otherTargets: targets.count > 1 ? targets.dropFirst().map(Line.Target.init) : nil,
            outcome: outcome.rawValue,
            value: value,
            reason: reason
        )
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(line))
    }

    /// The form that is written; docs/ describes it.
    private struct Line: Encodable {
        struct Local: Encodable {
            var root: String
            var typeId: UInt32
            var access: String
            var path: String
            var value: UInt64?
        }

        struct Target: Encodable {
            var module: String?
            var root: String
            var typeId: UInt32
            var access: String
            var path: String
            var bitOffset: UInt32?
            var value: UInt64?

            init(_ target: RelocationRecord.Target) {
                module = target.module
                root = target.root
                typeId = target.typeID.rawValue
                access = target.access
                path = target.path
                bitOffset = target.steps.count > 1 ? target.bitOffset : nil
                value = target.value
            }
        }

        var kernel: String?
        var rules: String
        var object: String
        var section: String
        var function: String?
        var instruction: Int
        var instructionInFunction: Int?
        var source: String?
        var sourceText: String?
        var kind: String
        var local: Local
        var target: Target?
        var otherTargets: [Target]?
        var outcome: String
        var value: UInt64?
        var reason: String?
    }
}
