internal import KernelIdentity
internal import Minimizer

/// A report as a picture for a release page: a row for each distribution, version and architecture, a cell for each
/// kernel in version order.
///
/// The picture brings its own colours for light and dark pages, uses no script, and nothing from outside. Results differ
/// by colour and by shape.
public struct CompatibilityPicture: Sendable {
    /// The picture as an SVG document.
    public let svg: String

    private static let width = 800
    private static let margin = 24
    private static let labels = 214
    private static let counts = 130
    private static let rowHeight = 30
    private static let headerHeight = 104

    /// Draws a report.
    ///
    /// - Parameter report: the report.
    public init(_ report: CompatibilityReport) {
        var rows: [(series: String, entries: [CompatibilityReport.Entry])] = []
        for entry in report.entries {
            let series = CompatibilityReport.series(of: entry.subject)
            if rows.last?.series == series {
                rows[rows.count - 1].entries.append(entry)
            } else {
                rows.append((series, [entry]))
            }
        }
        let height = Self.headerHeight + rows.count * Self.rowHeight + Self.margin
        var body = Self.header(report, height: height)
        for (number, row) in rows.enumerated() {
            let top = Self.headerHeight + number * Self.rowHeight
            let results = row.entries.map { ($0, report.result(of: $0)) }
            body += Self.row(row.series, results, top: top, isOdd: !number.isMultiple(of: 2))
        }
        svg = body + "</svg>\n"
    }

    // MARK: Parts

    private static func header(_ report: CompatibilityReport, height: Int) -> String {
        let names = report.objects.map { $0.object.split(separator: "/").last.map(String.init) ?? $0.object }
        let title = cut(names.joined(separator: ", "), to: 60)
        let loading = report.entries.count { report.result(of: $0) == .loads }
        let rules = report.decidingRules == .cilium ? " by cilium/ebpf's rules" : ""
        let summary = "loads on \(loading) of \(report.entries.count) kernels\(rules)"
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" role="img" aria-label="\(escaped("\(title) \(summary)"))">
            <style>\(style)</style>
            <defs><pattern id="bars" width="5" height="5" patternUnits="userSpaceOnUse" \
            patternTransform="rotate(45)"><rect width="2" height="5" class="bar"/></pattern></defs>
            <rect class="page" x="0.5" y="0.5" width="\(width - 1)" height="\(height - 1)" rx="10"/>
            <text class="title" x="\(margin)" y="40">\(escaped(title))</text>
            <text class="faint" x="\(width - margin)" y="40" text-anchor="end">\(escaped(summary))</text>

            """
        var x = margin
        let results = Set(report.entries.map(report.result))
        for result in CompatibilityReport.Result.allCases where results.contains(result) {
            text += cell(result, x: Double(x), y: 61, width: 12, title: nil)
            text += "<text class=\"faint\" x=\"\(x + 18)\" y=\"72\">\(meaning(of: result))</text>\n"
            x += 34 + meaning(of: result).count * 7
        }
        return text + "<path class=\"rule\" d=\"M\(margin) 90H\(width - margin)\"/>\n"
    }

    private static func row(
        _ series: String,
        _ entries: [(entry: CompatibilityReport.Entry, result: CompatibilityReport.Result)],
        top: Int,
        isOdd: Bool
    ) -> String {
        var text = ""
        if isOdd {
            let size = "width=\"\(width - 24)\" height=\"\(rowHeight)\""
            text += "<rect class=\"band\" x=\"12\" y=\"\(top)\" \(size) rx=\"5\"/>\n"
        }
        text += label(entries[0].entry.subject, series, y: top + 20)
        let (left, space) = (Double(margin + labels), Double(width - 2 * margin - labels - counts))
        let step = min(14, space / Double(entries.count))
        var position = 0
        while position < entries.count {
            // Cells too narrow to be told apart are drawn as one, as long as they are alike.
            var end = position + 1
            while step < 5, end < entries.count, entries[end].result == entries[position].result { end += 1 }
            let gap = step >= 5 ? 2.0 : 0
            text += cell(
                entries[position].result,
                x: left + Double(position) * step,
                y: Double(top + 8),
                width: max(Double(end - position) * step - gap, 1),
                title: caption(entries[position..<end].map(\.entry.subject), entries[position].result)
            )
            position = end
        }
        let loading = entries.count { $0.result == .loads }
        let worst = entries.map(\.result).max() ?? .loads
        text += "<text class=\"count \(worst.rawValue)\" x=\"\(width - margin)\" y=\"\(top + 20)\" text-anchor=\"end\">"
        return text + "\(loading) of \(entries.count)</text>\n"
    }

    private static func label(_ subject: CheckSubject, _ series: String, y: Int) -> String {
        guard case .kernel(let name) = subject else {
            return "<text class=\"label\" x=\"\(margin)\" y=\"\(y)\">\(escaped(cut(series, to: 30)))</text>\n"
        }
        let system = cut("\(name.distribution) \(name.version)", to: 22)
        return "<text class=\"label\" x=\"\(margin)\" y=\"\(y)\">\(escaped(system)) "
            + "<tspan class=\"faint\">\(escaped(cut(name.architecture.rawValue, to: 10)))</tspan></text>\n"
    }

    private static func cell(
        _ result: CompatibilityReport.Result,
        x: Double,
        y: Double,
        width: Double,
        title: String?
    ) -> String {
        let place = "x=\"\(number(x))\" width=\"\(number(width))\""
        // Shapes tell results apart where colours do not: a failing cell is barred, a guarded one is low.
        let (top, height) = result == .guarded ? (y + 5, 9.0) : (y, 14.0)
        let size = "\(place) y=\"\(number(top))\" height=\"\(number(height))\" rx=\"2\""
        var text = "<g><rect class=\"cell \(result.rawValue)\" \(size)/>"
        if result == .fails { text += "<rect fill=\"url(#bars)\" \(size)/>" }
        if let title { text += "<title>\(escaped(title))</title>" }
        return text + "</g>\n"
    }

    private static func caption(_ subjects: [CheckSubject], _ result: CompatibilityReport.Result) -> String {
        guard let first = subjects.first, let last = subjects.last, subjects.count > 1 else {
            return "\(subjects.first?.description ?? ""): \(meaning(of: result))"
        }
        return "\(first) to \(last), \(subjects.count) kernels: \(meaning(of: result))"
    }

    private static func meaning(of result: CompatibilityReport.Result) -> String {
        switch result {
        case .loads: "loads"
        case .guarded: "loads where its checks hold"
        case .fails: "does not load"
        case .unknown: "not known"
        }
    }

    // MARK: Text

    private static let style = """
        .page{fill:#fff;stroke:#d0d7de}.band{fill:#f6f8fa}.rule{stroke:#d8dee4}.bar{fill:#fff;fill-opacity:.55}
        text{font:13px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
        .title{font-size:18px;font-weight:600}.label{font-weight:600}.faint{fill:#59636e;font-weight:400}
        .count{font-variant-numeric:tabular-nums}
        .cell.loads{fill:#2da44e}.cell.guarded{fill:#bf8700}.cell.fails{fill:#cf222e}.cell.unknown{fill:#8c959f}
        text.fails{fill:#cf222e}text.guarded{fill:#8a6100}
        @media (prefers-color-scheme:dark){
        .page{fill:#0d1117;stroke:#30363d}.band{fill:#151b23}.rule{stroke:#30363d}.bar{fill:#0d1117;fill-opacity:.5}
        text{fill:#e6edf3}.faint{fill:#9198a1}
        .cell.loads{fill:#3fb950}.cell.guarded{fill:#d29922}.cell.fails{fill:#f85149}.cell.unknown{fill:#6e7681}
        text.fails{fill:#ff7b72}text.guarded{fill:#e3b341}}
        """

    private static func cut(_ text: String, to width: Int) -> String {
        text.count > width ? text.prefix(width - 1) + "…" : text
    }

    /// Two decimals, without those that say nothing.
    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        guard !hundredths.isMultiple(of: 100) else { return "\(hundredths / 100)" }
        let rest = hundredths % 100
        return "\(hundredths / 100)." + (rest < 10 ? "0\(rest)" : "\(rest)")
    }

    /// Text for XML; characters that XML 1.0 cannot hold (its production 2, Char) become blanks.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value & 0xfffe == 0xfffe:
                escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
