/// Rows of text in aligned columns, for people.
public struct TextTable: Sendable {
    /// Where a column's texts stand in it.
    public enum Alignment: Sendable {
        /// At its left side: names.
        case leading
        /// At its right side: numbers.
        case trailing
    }

    private let titles: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// Makes an empty table.
    ///
    /// - Parameter columns: each column's title and alignment.
    public init(_ columns: [(title: String, alignment: Alignment)]) {
        titles = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    /// Adds a row with a text for each column.
    public mutating func add(_ row: [String]) { rows.append(row) }

    /// The table: a line of titles and a line per row, without blanks at the ends.
    public var text: String {
        var widths = titles.map(\.count)
        for row in rows {
            for (column, cell) in row.enumerated() where column < widths.count {
                widths[column] = max(widths[column], cell.count)
            }
        }
        return ([titles] + rows).map { line($0, widths) + "\n" }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
            line += alignments[column] == .leading ? cell + padding : padding + cell
            line += "  "
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
