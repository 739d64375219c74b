import Bundler
import CommandSupport
import Minimizer

/// A report for a terminal of 80 columns: the groups of kernels, then what does not resolve and what rests on modules.
struct CheckTable {
    private let report: CompatibilityReport
    private let groups: [KernelGroup]

    /// The widest line.
    private static let width = 80
    /// The widest name of a group, which leaves room for the other columns.
    private static let labelWidth = 56

    init(_ report: CompatibilityReport) {
        self.report = report
        groups = report.groups
    }

    var text: String {
        var table = TextTable([
            ("KERNELS", .leading), ("COUNT", .trailing), ("RESULT", .leading), ("NOTE", .leading),
        ])
        for group in groups {
            let note = notes.firstIndex(of: Note(group)).map(Self.mark) ?? ""
            let label = Self.shortened(Self.printable(group.label), Self.labelWidth)
            table.add([label, "\(group.count)", group.result.rawValue, note])
        }
        return table.text + notes.enumerated().map { "\n" + explanation(of: $1, Self.mark($0)) }.joined()
            + unreadable + "\n" + summary + "\n"
    }

    /// What there is to say of a group.
    private struct Note: Hashable {
        let problems: [CompatibilityReport.Finding]
        let modules: [CompatibilityReport.ModuleUser]

        init(_ group: KernelGroup) { (problems, modules) = (group.problems, group.modules) }

        var isEmpty: Bool { problems.isEmpty && modules.isEmpty }
    }

    /// The different notes, in the order of the groups.
    private var notes: [Note] {
        groups.map(Note.init).reduce(into: []) { notes, note in
            if !note.isEmpty, !notes.contains(note) { notes.append(note) }
        }
    }

    private static func mark(_ number: Int) -> String { "[\(number + 1)]" }

    private func explanation(of note: Note, _ mark: String) -> String {
        let entries = note.problems.map(lines) + note.modules.map(lines)
        let blank = String(repeating: " ", count: mark.count)
        var text = ""
        for (position, entry) in entries.enumerated() {
            for (number, line) in entry.enumerated() {
                let lead = number > 0 ? blank + "   " : (position == 0 ? mark : blank) + " "
                text += lead + Self.shortened(line, Self.width - lead.count) + "\n"
            }
        }
        return text
    }

    /// What does not resolve, where that is asked for, in the words of the source, and why.
    private func lines(for problem: CompatibilityReport.Finding) -> [String] {
        let record = report.relocations[problem.index]
        var place = record.location.function ?? record.location.section
        if let source = record.location.source {
            place += " at \(source.file.split(separator: "/").last ?? ""):\(source.line)"
        }
        place += ", instruction \(record.location.index) of \(record.location.section)"
        let what = "\(record.kind.name) of \(record.local.path) is \(problem.outcome.rawValue)"
        let lead = "\(problem.verdict.rawValue): \(what)"
        return [lead, place, record.location.source?.text, problem.reason].compactMap(\.self)
            .map { Self.printable($0).trimmingBlanks }.filter { !$0.isEmpty }
    }

    /// What a module is needed for.
    private func lines(for user: CompatibilityReport.ModuleUser) -> [String] {
        let paths = user.relocations.map { report.relocations[$0].local.path }.reduce(into: [String]()) { paths, path in
            if !paths.contains(path) { paths.append(path) }
        }
        let rest = paths.count > 3 ? " and \(paths.count - 3) more" : ""
        return [Self.printable("in module \(user.module): \(paths.prefix(3).joined(separator: ", "))\(rest)")]
    }

    private var unreadable: String {
        report.entries.compactMap(\.reason).map { "\nunknown: \(Self.printable($0))\n" }.joined()
    }

    private var summary: String {
        let counts = CompatibilityReport.Result.allCases.compactMap { result -> String? in
            let count = report.entries.count { report.result(of: $0) == result }
            return count > 0 ? "\(result.rawValue) on \(count)" : nil
        }
        let rules = report.decidingRules == .cilium ? ", by cilium/ebpf's rules" : ""
        let sum = "\(counted(report.entries.count, "kernel")): " + counts.joined(separator: ", ") + rules
        // What is asked of a module is not found where the archive has none of a kernel, as it has of others.
        let bare = report.entries.count { report.result(of: $0) == .fails && !$0.hasModules }
        guard bare > 0, report.entries.contains(where: \.hasModules) else { return sum }
        return sum + "\nthe archive has no modules of \(bare) of those that it fails on"
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
