internal import Hummingbird
internal import Logging
internal import Metrics

/// Writes one log line per request, and counts requests, their time and the bytes of their answers.
struct ObservationMiddleware: RouterMiddleware {
    let metrics: PrometheusRegistry

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let duration = ContinuousClock.now - start
        // The route and not the path, which a client could make endless variants of.
        let route = context.endpointPath ?? "none"
        let status = String(response.status.code)
        let labels = [("method", Self.known(request.method)), ("route", route), ("status", status)]
        Counter(label: "hub_http_requests_total", dimensions: labels, factory: metrics).increment()
        Metrics.Timer(label: "hub_http_request_seconds", dimensions: [("route", route)], factory: metrics)
            .recordNanoseconds(duration.nanoseconds)
        let size = response.body.contentLength ?? 0
        Counter(label: "hub_http_response_bytes_total", dimensions: [("route", route)], factory: metrics)
            .increment(by: Int64(size))
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.string.prefix(500))", "status": "\(status)",
                "bytes": "\(size)", "milliseconds": "\(duration.nanoseconds / 1_000_000)",
            ]
        )
        return response
    }

    /// A method that has a name of its own here, or `other`: a client could make them up.
    private static func known(_ method: HTTPRequest.Method) -> String {
        [.get, .head, .post].contains(method) ? method.rawValue : "other"
    }
}

extension Duration {
    /// The duration in whole nanoseconds.
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
