import Bundler
import CommandSupport
import Minimizer

/// A report for a terminal of 80 columns and more: the groups of kernels, then what does not resolve.
struct CheckTable {
    private let report: CompatibilityReport
    private let groups: [KernelGroup]

    /// The widest line, as long as names leave a choice.
    private static let width = 98

    init(_ report: CompatibilityReport) {
        self.report = report
        groups = report.groups
    }

    var text: String {
        var table = TextTable([
            ("KERNELS", .leading), ("COUNT", .trailing), ("RESULT", .leading), ("NOTE", .leading),
        ])
        for group in groups {
            let note = notes.firstIndex(of: group.problems).map(Self.mark) ?? ""
            table.add([Self.shortened(Self.printable(group.label), 66), "\(group.count)", group.result.rawValue, note])
        }
        return table.text + notes.enumerated().map { "\n" + explanation(of: $1, Self.mark($0)) }.joined()
            + unreadable + "\n" + summary + "\n"
    }

    /// The different sets of problems, in the order of the groups.
    private var notes: [[CompatibilityReport.Finding]] {
        groups.reduce(into: []) { notes, group in
            if !group.problems.isEmpty, !notes.contains(group.problems) { notes.append(group.problems) }
        }
    }

    private static func mark(_ number: Int) -> String { "[\(number + 1)]" }

    private func explanation(of problems: [CompatibilityReport.Finding], _ mark: String) -> String {
        var text = ""
        for (position, problem) in problems.enumerated() {
            let record = report.relocations[problem.index]
            let indent = position == 0 ? mark : String(repeating: " ", count: mark.count)
            let lead = "\(indent) \(problem.verdict.rawValue): "
            let what = "\(record.kind.name) of \(Self.printable(record.local.path)) is \(problem.outcome.rawValue)"
            text += lead + Self.shortened(what, Self.width - lead.count) + "\n"
            let blank = String(repeating: " ", count: mark.count + 3)
            var place = record.location.function ?? record.location.section
            if let source = record.location.source {
                place += " at \(source.file.split(separator: "/").last ?? ""):\(source.line)"
            }
            place += ", instruction \(record.location.index) of \(record.location.section)"
            text += blank + Self.shortened(Self.printable(place), Self.width - blank.count) + "\n"
            for line in [record.location.source?.text, problem.reason].compactMap({ $0 }) {
                let line = Self.printable(line).trimmingBlanks
                if !line.isEmpty { text += blank + Self.shortened(line, Self.width - blank.count) + "\n" }
            }
        }
        return text
    }

    private var unreadable: String {
        report.entries.compactMap(\.reason).map { "\nunknown: \(Self.printable($0))\n" }.joined()
    }

    private var summary: String {
        let counts = CompatibilityReport.Result.allCases.compactMap { result -> String? in
            let count = report.entries.count { report.result(of: $0) == result }
            return count > 0 ? "\(result.rawValue) on \(count)" : nil
        }
        return "\(counted(report.entries.count, "kernel")): " + counts.joined(separator: ", ")
    }

    /// The text without what would confuse a terminal.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: " "
                    default: scalar
                    }
                }
            )
        )
    }

    /// The text with its middle left out where it is too long.
    private static func shortened(_ text: String, _ width: Int) -> String {
        guard text.count > width else { return text }
        let half = (width - 1) / 2
        return text.prefix(width - 1 - half) + "…" + text.suffix(half)
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
