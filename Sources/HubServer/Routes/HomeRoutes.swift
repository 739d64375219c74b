internal import HubStore
internal import Hummingbird
internal import KernelIdentity

extension Hub {
    /// Adds the pages for people: what the hub holds, and the kernels of one series.
    func addHomeRoutes(to router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/", method: method) { request, _ in try await home(request) }
        }
    }

    private func home(_ request: Request) async throws -> Response {
        let query = try Query(request, known: Query.filter.union(["after"]))
        let store = store
        guard query.filterItems.isEmpty else {
            let after = try query["after"].map { try KernelName(parsing: $0) }
            let filter = query.filter
            let page = try await reading.run { try store.kernels(matching: filter, after: after, limit: 200) }
            return .html(KernelListPage(query: query, page: page).html)
        }
        let statistics = try await reading.run { try store.statistics() }
        // The host that the client knows the hub by goes into the examples.
        let host = request.head.authority ?? "localhost"
        return .html(HomePage(statistics: statistics, host: host).html)
    }
}

extension Response {
    /// Answers with a page that needs nothing from elsewhere and runs nothing.
    fileprivate static func html(_ html: String) -> Response {
        .text(
            html,
            "text/html; charset=utf-8",
            headers: [.contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'"]
        )
    }
}
