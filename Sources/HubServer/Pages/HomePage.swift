internal import HubStore
internal import KernelIdentity

/// The page at `/`: what the hub holds and how to get it.
struct HomePage {
    let statistics: StoreStatistics
    /// The host that the client asked, for the examples.
    let host: String

    private var kernels: String { statistics.kernels == 1 ? "1 kernel" : "\(statistics.kernels) kernels" }

    var html: String {
        Page.html(
            title: "BTF Hub",
            body: """
                <h1>BTF Hub</h1>
                <p class="lead">BTF for \(kernels)\(modules), so that CO-RE programs load where \
                the kernel brings none.</p>
                \(series)
                <h2>Download one kernel’s BTF</h2>
                <pre>. /etc/os-release
                curl -fO http://\(Page.escape(host))/$ID/$VERSION_ID/$(uname -m)/$(uname -r).btf</pre>
                <p>Also as <code>.btf.tar.xz</code>, <code>.btf.zst</code> and <code>.btf.gz</code>, and by build-id at
                <code>/buildid/BUILDID/section/.BTF</code>.</p>
                <h2>Make a bundle for your program</h2>
                <p>It holds, for each kernel, just the types that your BPF object needs.</p>
                <pre>curl -f --data-binary @app.o -o bundle.tar.zst 'http://\(Page.escape(host))/v1/bundles\(example)'</pre>
                <h2>For programs</h2>
                <p><a href="/v1/kernels">/v1/kernels</a> lists all kernels as JSON, with the parameters
                <code>distro</code>, <code>version</code>, <code>arch</code>, <code>release</code> (a glob),
                <code>limit</code> and <code>after</code>. <a href="/metrics">/metrics</a> and
                <a href="/healthz">/healthz</a> are for operators.</p>
                <footer>\(statistics.distinctBTF) different BTFs, \(Page.size(statistics.canonicalBytes)), kept in
                \(Page.size(statistics.fileBytes)).</footer>
                """
        )
    }

    private var modules: String { statistics.modules == 0 ? "" : " and \(statistics.modules) modules" }

    /// The filter of the example: the first series, so that it works as it stands.
    private var example: String {
        guard let first = statistics.series.first else { return "" }
        return Page.escape("?" + Query.string([("distro", first.distribution), ("version", first.version)]))
    }

    private var series: String {
        guard !statistics.series.isEmpty else {
            return
                "<p>There is nothing here yet; <code>hubworker ingest</code> or <code>hubworker run</code> fill it.</p>"
        }
        let rows = statistics.series.map { series in
            let filter = Query.string([
                ("distro", series.distribution), ("version", series.version), ("arch", series.architecture.rawValue),
            ])
            return """
                <tr><td>\(Page.escape(series.distribution))</td><td>\(Page.escape(series.version))</td>\
                <td>\(Page.escape(series.architecture.rawValue))</td>\
                <td class="number"><a href="/?\(Page.escape(filter))">\(series.kernels)</a></td>\
                <td class="number">\(Page.size(series.canonicalBytes))</td></tr>
                """
        }
        return """
            <table>
            <tr><th>Distribution</th><th>Version</th><th>Architecture</th><th class="number">Kernels</th>\
            <th class="number">BTF</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }
}
