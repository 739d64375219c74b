internal import HubStore
internal import Hummingbird
internal import KernelIdentity
internal import Logging

/// Turns every error into JSON with one sentence. What only the operator can mend is logged and not told.
struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch {
            let answer = answer(to: error, request)
            if answer.status.code >= 500 { context.logger.error("\(error)", metadata: ["path": "\(request.uri.path)"]) }
            return .json(ErrorBody(error: answer.message), status: answer.status, headers: answer.headers)
        }
    }

    private struct ErrorBody: Encodable {
        let error: String
    }

    private func answer(to error: any Error, _ request: Request) -> HubError {
        switch error {
        case let error as HubError: return error
        case let error as KernelNameError: return .badRequest(error.description)
        case let error as StoreError: return answer(to: error)
        case let error as CacheError:
            return HubError(
                status: error.isFull ? .init(code: 507) : .internalServerError,
                message: Self.internalFault
            )
        case let error as any HTTPResponseError where error.status == .notFound:
            return .notFound(
                "there is nothing at \(request.method) \(request.uri.path.prefix(200)); see / for what there is"
            )
        case let error as any HTTPResponseError where error.status == .contentTooLarge:
            return HubError(status: .contentTooLarge, message: "the body is larger than this server takes")
        case let error as any HTTPResponseError:
            return HubError(
                status: error.status,
                message: "the request cannot be answered: \(error.status.reasonPhrase)"
            )
        default: return HubError(status: .internalServerError, message: Self.internalFault)
        }
    }

    private func answer(to error: StoreError) -> HubError {
        switch error {
        case .busy: .busy
        case .damaged(_, let subject, _):
            HubError(status: .internalServerError, message: "\(subject) is damaged in this hub and cannot be served")
        default: HubError(status: .internalServerError, message: Self.internalFault)
        }
    }

    private static let internalFault = "the hub cannot answer because of a fault of its own, which its log describes"
}
