import Minimizer

/// A relocation log for a terminal of 100 columns: a heading for each program, a line for each relocation.
struct RelocationTable {
    /// The table, with a line feed at the end of each line.
    let text: String

    private static let width = 100

    /// Lays out a log.
    ///
    /// - Parameters:
    ///   - records: the log's records.
    ///   - showingTargets: whether there is a kernel whose side is to be shown.
    init(of records: [RelocationRecord], showingTargets: Bool = true) {
        var text = ""
        var program: String?
        var rows: [RelocationRecord] = []
        func flush() {
            guard let program else { return }
            text += (text.isEmpty ? "" : "\n") + program + "\n" + Self.lines(rows, showingTargets)
            rows = []
        }
        for record in records {
            let place = [record.object, record.location.section, record.location.function].compactMap(\.self)
            let heading = place.joined(separator: "  ")
            if heading != program {
                flush()
                program = heading
            }
            rows.append(record)
        }
        flush()
        self.text = text
    }

    private static func lines(_ records: [RelocationRecord], _ showingTargets: Bool) -> String {
        let cells = records.map { record in
            var cells = [
                "\(record.location.indexInFunction ?? record.location.index)", record.location.line, record.kind.name,
                value(of: record, showingTargets),
            ]
            if showingTargets { cells.append(record.outcome.rawValue) }
            return cells
        }
        let titles = ["INSN", "SOURCE", "KIND", "VALUE"] + (showingTargets ? ["OUTCOME"] : [])
        let widths = titles.indices.map { column in
            ([titles] + cells).map { $0[column].count }.max() ?? 0
        }
        let indent = 2 + widths.reduce(0) { $0 + $1 + 2 }
        var text = line(titles, widths) + "LOCAL" + (showingTargets ? " -> KERNEL" : "") + "\n"
        for (record, cells) in zip(records, cells) {
            text += line(cells, widths) + wrapped(subject(of: record, showingTargets), indent) + "\n"
        }
        return text
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = "  "
        for (column, (cell, width)) in zip(cells, widths).enumerated() {
            let padding = String(repeating: " ", count: max(0, width - cell.count))
            // Numbers of instructions stand at the right.
            line += (column == 0 ? padding + cell : cell + padding) + "  "
        }
        return line
    }

    /// Breaks a text where the terminal ends, behind a blank, a dot or a colon where there is one.
    private static func wrapped(_ text: String, _ indent: Int) -> String {
        let room = max(20, width - indent)
        var lines: [Substring] = []
        var rest = Substring(text)
        while rest.count > room {
            let head = rest.prefix(room)
            let end = head.lastIndex { " .:".contains($0) }.map { head.index(after: $0) } ?? head.endIndex
            lines.append(rest[..<end])
            rest = rest[end...]
        }
        return (lines.map { $0.last == " " ? $0.dropLast() : $0 } + [rest]).joined(
            separator: "\n" + String(repeating: " ", count: indent)
        )
    }

    private static func value(of record: RelocationRecord, _ showingTargets: Bool) -> String {
        let local = shown(record.local.value)
        guard showingTargets else { return local }
        let target = shown(record.value)
        if local == target { return local }
        // Enumerators of 64 bits would leave no room for the names; what the kernel has matters more.
        return local.count + target.count <= 16 ? "\(local) -> \(target)" : "-> \(target)"
    }

    /// A value as the program sees it: enumerators may be negative.
    private static func shown(_ value: UInt64?) -> String { value.map { "\(Int64(bitPattern: $0))" } ?? "-" }

    private static func subject(of record: RelocationRecord, _ showingTargets: Bool) -> String {
        var text = record.local.path
        guard showingTargets else { return text }
        if let target = record.target {
            if target.path != text { text += " -> \(target.path)" }
            if let module = target.module { text += " in \(module)" }
        }
        return text + (record.reason.map { ": \($0)" } ?? "")
    }
}

extension InstructionLocation {
    /// `file:line`, the file without its folders, and without its start where the rest is long enough.
    fileprivate var line: String {
        guard let source else { return "-" }
        let line = "\(source.file.split(separator: "/").last ?? Substring(source.file)):\(source.line)"
        return line.count <= 22 ? line : "…" + line.suffix(21)
    }
}
