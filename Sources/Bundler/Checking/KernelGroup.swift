internal import KernelIdentity
internal import Minimizer

/// Kernels of one distribution, version and architecture that stand together, have the same problems and find what is asked
/// for in the same modules.
public struct KernelGroup: Hashable, Sendable {
    /// The distribution, version and architecture with blanks between; a file's path.
    public let series: String
    /// The releases, without flavours, of the first and the last kernel; nil for a file.
    public let range: ClosedRange?
    /// The flavours of the kernels, where other flavours of the series have other problems; sorted.
    public let flavours: [String]
    /// How many kernels there are.
    public let count: Int
    /// What becomes of the programs.
    public let result: CompatibilityReport.Result
    /// What does not resolve.
    public let problems: [CompatibilityReport.Finding]
    /// The modules that have what is asked for.
    public let modules: [CompatibilityReport.ModuleUser]
    /// The names of the kernels, in their order.
    public let kernels: [CheckSubject]

    /// The first and the last release, which may be one.
    public struct ClosedRange: Hashable, Sendable {
        /// The first.
        public let first: String
        /// The last.
        public let last: String
    }

    /// The kernels in words: `debian 12 x86_64: 6.1.0-47 … 6.1.0-56`.
    public var label: String {
        var label = series
        if let range { label += ": " + (range.first == range.last ? range.first : "\(range.first) … \(range.last)") }
        if !flavours.isEmpty { label += " (" + flavours.joined(separator: ", ") + ")" }
        return label
    }
}

extension CompatibilityReport {
    /// The kernels in groups, in their order.
    ///
    /// A group is a row of kernels of one series, in version order, that have the same problems and modules. Where that gives fewer
    /// groups, the flavours of a series (`cloud-amd64` of `6.1.0-56-cloud-amd64`) are looked at each on its own, and those
    /// that are alike throughout are put together.
    public var groups: [KernelGroup] {
        var groups: [KernelGroup] = []
        var rest = entries[...]
        while let first = rest.first {
            let series = rest.prefix { Self.series(of: $0.subject) == Self.series(of: first.subject) }
            rest = rest.dropFirst(series.count)
            groups += self.groups(of: Array(series), named: Self.series(of: first.subject))
        }
        return groups
    }

    private func groups(of entries: [Entry], named series: String) -> [KernelGroup] {
        let plain = runs(of: entries).map { group($0, series, flavours: []) }
        guard plain.count > 1 else { return plain }
        let byFlavour = flavourGroups(of: entries, named: series)
        return byFlavour.count < plain.count ? byFlavour : plain
    }

    /// Rows of kernels with the same problems.
    private func runs(of entries: [Entry]) -> [[Entry]] {
        var runs: [[Entry]] = []
        for entry in entries {
            if let last = runs.last?.last, situation(of: last) == situation(of: entry) {
                runs[runs.count - 1].append(entry)
            } else {
                runs.append([entry])
            }
        }
        return runs
    }

    private func flavourGroups(of entries: [Entry], named series: String) -> [KernelGroup] {
        var flavours: [String: [Entry]] = [:]
        for entry in entries { flavours[Release(entry.subject).flavour, default: []].append(entry) }
        // Flavours that are alike throughout, by what they have.
        var uniform: [Situation: [String]] = [:]
        var groups: [KernelGroup] = []
        for (flavour, members) in flavours.sorted(by: { $0.key < $1.key }) {
            let runs = runs(of: members)
            if runs.count == 1 {
                uniform[situation(of: members[0]), default: []].append(flavour)
            } else {
                groups += runs.map { group($0, series, flavours: [flavour]) }
            }
        }
        for names in uniform.values {
            let members = entries.filter { names.contains(Release($0.subject).flavour) }
            groups.append(group(members, series, flavours: names.sorted()))
        }
        let places = Dictionary(entries.enumerated().map { ($1.subject, $0) }) { first, _ in first }
        return groups.sorted { places[$0.kernels[0]] ?? 0 < places[$1.kernels[0]] ?? 0 }
    }

    private func group(_ entries: [Entry], _ series: String, flavours: [String]) -> KernelGroup {
        var range: KernelGroup.ClosedRange?
        if case .kernel? = entries.first?.subject, let first = entries.first, let last = entries.last {
            range = KernelGroup.ClosedRange(first: Release(first.subject).version, last: Release(last.subject).version)
        }
        return KernelGroup(
            series: series,
            range: range,
            flavours: flavours.map { $0.isEmpty ? "no flavour" : $0 },
            count: entries.count,
            result: result(of: entries[0]),
            problems: entries[0].answer.map { answers[$0].problems } ?? [],
            modules: entries[0].answer.map { answers[$0].modules } ?? [],
            kernels: entries.map(\.subject)
        )
    }

    /// What makes kernels stand together: problems without their reasons, which may name types by number, and modules.
    private struct Situation: Hashable {
        struct Problem: Hashable {
            let index: Int
            let outcome: RelocationRecord.Outcome
            let verdict: RelocationVerdict
        }

        var problems: [Problem] = []
        var modules: [ModuleUser] = []
        var unknown: String?
    }

    private func situation(of entry: Entry) -> Situation {
        guard let answer = entry.answer else { return Situation(unknown: entry.reason ?? "") }
        let problems = answers[answer].problems.map {
            Situation.Problem(index: $0.index, outcome: $0.outcome, verdict: $0.verdict)
        }
        return Situation(problems: problems, modules: answers[answer].modules)
    }

    static func series(of subject: CheckSubject) -> String {
        switch subject {
        case .kernel(let name): "\(name.distribution) \(name.version) \(name.architecture)"
        case .file(let path): path
        }
    }
}

/// A release in two parts: `6.1.0-56` and `cloud-amd64`.
struct Release {
    let version: String
    let flavour: String

    /// The flavour begins with the first part between dashes that begins with a letter.
    init(_ subject: CheckSubject) {
        guard case .kernel(let name) = subject else {
            (version, flavour) = (subject.description, "")
            return
        }
        let parts = name.release.split(separator: "-", omittingEmptySubsequences: false)
        let count = parts.firstIndex { $0.first?.isLetter == true } ?? parts.count
        // A release of letters alone is all version.
        version = parts.prefix(max(count, 1)).joined(separator: "-")
        flavour = parts.dropFirst(max(count, 1)).joined(separator: "-")
    }
}
