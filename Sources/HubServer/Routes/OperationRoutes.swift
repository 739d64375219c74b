internal import HubStore
internal import Hummingbird
internal import Metrics

extension Hub {
    /// Adds what the operator's tools ask for.
    func addOperationRoutes(to router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/healthz", method: method) { _, _ in try await health() }
            router.on("/metrics", method: method) { _, _ in try await renderMetrics() }
        }
    }

    /// Well is a hub whose store can be read.
    private func health() async throws -> Response {
        let store = store
        do { _ = try await reading.run { try store.kernels(limit: 1) } } catch {
            throw HubError(status: .serviceUnavailable, message: "the store cannot be read")
        }
        return .text("ok\n", "text/plain; charset=utf-8")
    }

    private func renderMetrics() async throws -> Response {
        let store = store
        let statistics = try await reading.run { try store.statistics() }
        for (label, value) in [
            ("hub_kernels", statistics.kernels), ("hub_modules", statistics.modules),
            ("hub_btf_distinct", statistics.distinctBTF), ("hub_btf_canonical_bytes", statistics.canonicalBytes),
            ("hub_store_bytes", statistics.fileBytes), ("hub_packages_failed", statistics.packagesFailed),
            ("hub_cache_bytes", await cache.size), ("hub_work_pending", making.count),
        ] {
            Meter(label: label, factory: metrics).set(value)
        }
        return .text(metrics.render(), "text/plain; version=0.0.4; charset=utf-8")
    }
}
