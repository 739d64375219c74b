internal import HubStore
internal import KernelIdentity

/// The page that lists the kernels of a filter, a page at a time.
struct KernelListPage {
    let query: Query
    let page: KernelPage

    var html: String {
        let title = query.filterItems.map(\.value).joined(separator: " ")
        return Page.html(
            title: "\(title) – BTF Hub",
            body: """
                <p><a href="/">BTF Hub</a></p>
                <h1>\(Page.escape(title))</h1>
                \(table)
                \(next)
                """
        )
    }

    private var table: String {
        guard !page.kernels.isEmpty else { return "<p>No kernel matches.</p>" }
        let rows = page.kernels.map { kernel in
            let links = KernelFile.allCases.map { file in
                let path = Page.escape("/" + Query.encode(file.path(of: kernel.name)))
                return "<a href=\"\(path)\">\(Page.escape(String(file.suffix.dropFirst())))</a>"
            }
            return """
                <tr><td><code>\(Page.escape(kernel.name.release))</code></td>\
                <td>\(links.joined(separator: " &nbsp; "))</td>\
                <td class="number">\(Page.size(kernel.btf.size))</td>\
                <td class="quiet">\(Page.escape(kernel.package?.version ?? ""))</td></tr>
                """
        }
        return """
            <table>
            <tr><th>Release</th><th>Download</th><th class="number">BTF</th><th>Package</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    private var next: String {
        guard let name = page.next else { return "" }
        let items = query.filterItems + [("after", name.description)]
        return "<p><a href=\"/?\(Page.escape(Query.string(items)))\">More</a></p>"
    }
}
