internal import Minimizer

/// A report as JSON has it: keys in snake case, what does not apply left out. docs/check.md documents the fields.
public struct CompatibilityDocument: Encodable, Sendable {
    private struct Object: Encodable {
        let name: String
        let sha256: String?
        let relocations: Int
    }

    private struct Relocation: Encodable {
        let relocation: Int
        let object: String
        let section: String
        let function: String?
        let instruction: Int
        let source: String?
        let sourceText: String?
        let kind: String
        let local: String

        private enum CodingKeys: String, CodingKey {
            case relocation, object, section, function, instruction, source, kind, local
            case sourceText = "source_text"
        }
    }

    private struct Answer: Encodable {
        let result: String
        let findings: [Finding]
        let modules: [Module]
    }

    private struct Module: Encodable {
        let name: String
        let relocations: [Int]

        init(_ user: CompatibilityReport.ModuleUser) { (name, relocations) = (user.module, user.relocations) }
    }

    private struct Finding: Encodable {
        let relocation: Int
        let outcome: String
        let verdict: String
        let reason: String?
    }

    private struct Group: Encodable {
        let series: String
        let first: String?
        let last: String?
        let flavours: [String]
        let count: Int
        let result: String
        let problems: [Int]
        let modules: [Module]
    }

    private struct Kernel: Encodable {
        let name: String
        let result: String
        let answer: Int?
        let reason: String?
        let modules: Bool
    }

    private let format = 1
    private let rules: String
    private let modules: String
    private let result: String
    private let objects: [Object]
    private let relocations: [Relocation]
    private let answers: [Answer]
    private let groups: [Group]
    private let kernels: [Kernel]

    /// Describes a report.
    ///
    /// - Parameter report: the report.
    public init(_ report: CompatibilityReport) {
        rules = report.decidingRules.rawValue
        modules = report.moduleUse.rawValue
        result = report.result.rawValue
        objects = report.objects.map {
            Object(name: $0.object, sha256: $0.digest, relocations: $0.requests.count)
        }
        let named = Set(report.answers.flatMap { $0.findings.map(\.index) + $0.modules.flatMap(\.relocations) })
        relocations = named.sorted().map { index in
            let record = report.relocations[index]
            return Relocation(
                relocation: index,
                object: record.object,
                section: record.location.section,
                function: record.location.function,
                instruction: record.location.index,
                source: record.location.source?.description,
                sourceText: record.location.source?.text,
                kind: record.kind.name,
                local: record.local.path
            )
        }
        answers = report.answers.map { answer in
            let findings = answer.findings.map {
                Finding(
                    relocation: $0.index,
                    outcome: $0.outcome.rawValue,
                    verdict: $0.verdict.rawValue,
                    reason: $0.reason
                )
            }
            return Answer(result: answer.result.rawValue, findings: findings, modules: answer.modules.map(Module.init))
        }
        groups = report.groups.map {
            Group(
                series: $0.series,
                first: $0.range?.first,
                last: $0.range?.last,
                flavours: $0.flavours,
                count: $0.count,
                result: $0.result.rawValue,
                problems: $0.problems.map(\.index),
                modules: $0.modules.map(Module.init)
            )
        }
        kernels = report.entries.map {
            Kernel(
                name: $0.subject.description,
                result: report.result(of: $0).rawValue,
                answer: $0.answer,
                reason: $0.reason,
                modules: $0.hasModules
            )
        }
    }
}
