internal import Foundation
internal import Hummingbird

extension Response {
    /// Answers with JSON: keys sorted, a line end behind it.
    static func json(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only values of this module come here, and none holds what JSON cannot say.
        let bytes = (try? encoder.encode(value)) ?? Data("{}".utf8)
        return .text(
            String(decoding: bytes, as: UTF8.self) + "\n",
            "application/json",
            status: status,
            headers: headers
        )
    }

    /// Answers with text.
    static func text(
        _ text: String,
        _ mediaType: String,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = mediaType
        headers[.xContentTypeOptions] = "nosniff"
        let buffer = ByteBuffer(string: text)
        headers[.contentLength] = String(buffer.readableBytes)
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
    }
}
