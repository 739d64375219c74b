/// The frame of every page.
enum Page {
    /// Wraps a page's content.
    ///
    /// - Parameters:
    ///   - title: plain text.
    ///   - body: HTML.
    /// - Returns: the page.
    static func html(title: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escape(title))</title>
        <style>
        :root { color-scheme: light dark; --line: #8884; --quiet: #888; --accent: #2563eb; }
        @media (prefers-color-scheme: dark) { :root { --accent: #7aa2ff; } }
        body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1.25rem; }
        h1 { font-size: 1.8rem; margin: 0 0 .25rem; letter-spacing: -.01em; }
        h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
        a { color: var(--accent); text-decoration: none; }
        a:hover { text-decoration: underline; }
        p.lead, td.quiet, footer { color: var(--quiet); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; }
        th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td.number, th.number { text-align: right; }
        pre { background: #8881; border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto; }
        code, pre { font: .875rem/1.5 ui-monospace, monospace; }
        td code { overflow-wrap: anywhere; }
        footer { margin-top: 3rem; font-size: .875rem; }
        </style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }

    /// Text as HTML shows it.
    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    /// A number of bytes in the unit that people read best.
    static func size(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let rounded = value >= 10 || unit == 0 ? String(Int(value.rounded())) : String((value * 10).rounded() / 10)
        return "\(rounded) \(units[unit])"
    }
}
