internal import HubStore
internal import Hummingbird

/// Content that is served with its digest as entity tag: whole, in part, or not at all when the client has it.
struct Representation: Sendable {
    let digest: ContentDigest
    /// The number of bytes.
    let size: Int
    let mediaType: String
    /// The name under which a browser saves it.
    let fileName: String
    /// Gives the content; called only when bytes of it are to be sent.
    let content: @Sendable () async throws -> Content

    /// Where content comes from.
    enum Content: Sendable {
        case bytes([UInt8])
        case file(CachedFile)
    }

    /// The most bytes that are read from a file and held in memory at a time.
    private static let pieceSize = 256 * 1024

    /// Answers a request for the content.
    ///
    /// - Parameters:
    ///   - request: a GET, HEAD or POST; conditions and ranges are for the first two.
    ///   - extra: headers to send as well.
    /// - Returns: status 200, 206 or 304.
    /// - Throws: `HubError` of status 416, and what giving the content throws.
    func response(to request: Request, headers extra: HTTPFields = [:]) async throws -> Response {
        let tag = EntityTag(digest)
        var headers = extra
        headers[.eTag] = tag.description
        headers[.cacheControl] = "public, max-age=300"
        headers[.xContentTypeOptions] = "nosniff"
        let isRead = request.method == .get || request.method == .head
        if isRead {
            headers[.acceptRanges] = "bytes"
            if tag.isNamed(inIfNoneMatch: request.headers[.ifNoneMatch]) {
                return Response(status: .notModified, headers: headers)
            }
        }
        headers[.contentType] = mediaType
        headers[.contentDisposition] = "attachment; filename=\"\(fileName)\""
        let mayBePart = request.method == .get && tag.allowsRange(ifRange: request.headers[.ifRange])
        switch mayBePart ? ByteRange(request.headers[.range], size: size) : .whole {
        case .unsatisfiable:
            throw HubError(
                status: .rangeNotSatisfiable,
                message: "the content has \(size) bytes and not the range that was asked for",
                headers: [.contentRange: "bytes */\(size)"]
            )
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return try await response(.partialContent, headers, range, to: request)
        case .whole:
            return try await response(.ok, headers, 0..<size, to: request)
        }
    }

    private func response(
        _ status: HTTPResponse.Status,
        _ headers: HTTPFields,
        _ range: Range<Int>,
        to request: Request
    ) async throws -> Response {
        var headers = headers
        headers[.contentLength] = String(range.count)
        guard request.method != .head else { return Response(status: status, headers: headers) }
        let content = try await content()
        let body = ResponseBody(contentLength: range.count) { writer in
            var position = range.lowerBound
            while position < range.upperBound {
                let end = min(position + Self.pieceSize, range.upperBound)
                switch content {
                case .bytes(let bytes): try await writer.write(ByteBuffer(bytes: bytes[position..<end]))
                case .file(let file): try await writer.write(ByteBuffer(bytes: try file.read(position..<end)))
                }
                position = end
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }
}
