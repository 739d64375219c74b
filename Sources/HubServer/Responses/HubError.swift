internal import Hummingbird

/// An answer that is an error, with one sentence for the person who asked.
struct HubError: Error {
    let status: HTTPResponse.Status
    let message: String
    var headers: HTTPFields = [:]

    static func badRequest(_ message: String) -> HubError { HubError(status: .badRequest, message: message) }
    static func notFound(_ message: String) -> HubError { HubError(status: .notFound, message: message) }

    /// Too much is asked of the server at once.
    static var busy: HubError {
        HubError(
            status: .serviceUnavailable,
            message: "the server has as much work as it takes on; try again in a few seconds",
            headers: [.retryAfter: "5"]
        )
    }
}
