import BTF

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension RelocationRequestLog {
    /// The version of the JSON form that this code writes and reads.
    public static let formatVersion = 1

    /// The log as JSON, to be kept, or sent in place of the objects.
    ///
    /// - Returns: UTF-8, the same bytes for the same log. Types stand there as BTF, in base64.
    /// - Throws: what Foundation throws when it cannot encode; no log is known that it refuses.
    public func json() throws -> [UInt8] {
        let document = Document(
            version: Self.formatVersion,
            objects: objects.map { object in
                Document.Object(
                    object: object.object,
                    sha256: object.digest,
                    types: Data(object.types.serialized()),
                    requests: object.requests.map(Document.Request.init),
                    programs: object.programs
                )
            }
        )
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(document))
    }

    /// Reads a log from JSON, trusting nothing in it.
    ///
    /// - Parameters:
    ///   - bytes: what `json()` wrote.
    ///   - name: what error messages call it.
    /// - Throws: `RequestLogError` when it is no such log, or a request does not fit its types.
    public init(json bytes: [UInt8], name: String) throws(RequestLogError) {
        let document: Document
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            document = try decoder.decode(Document.self, from: Data(bytes))
        } catch {
            throw RequestLogError(name: name, place: nil, reason: "is no relocation request log in JSON")
        }
        guard document.version == Self.formatVersion else {
            throw RequestLogError(
                name: name,
                place: nil,
                reason: "has format version \(document.version), only \(Self.formatVersion) is known"
            )
        }
        var objects: [ObjectRequests] = []
        for object in document.objects { objects.append(try object.checked(in: name)) }
        self.init(objects: objects)
    }
}

/// A fault of a saved relocation request log.
public struct RequestLogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The log's path or display name.
    public let name: String
    /// The object and request in question, where it is one.
    public let place: String?
    /// What is wrong, as the end of a sentence.
    public let reason: String

    /// The fault in one sentence.
    public var description: String { place.map { "\(name), \($0): \(reason)" } ?? "\(name) \(reason)" }
}

// MARK: - The document

/// The JSON form of a log.
private struct Document: Codable {
    var version: Int
    var objects: [Object]

    struct Object: Codable {
        var object: String
        /// The SHA-256 of the object's file, in hexadecimal.
        var sha256: String?
        /// BTF, in base64.
        var types: Data
        var requests: [Request]
        /// All requests make one program where there is none.
        var programs: [[Int]]?
    }

    struct Request: Codable {
        var section: String
        var function: String?
        var index: Int
        var indexInFunction: Int?
        var file: String?
        var line: Int?
        var column: Int?
        var text: String?
        var kind: String
        var root: UInt32
        var rootInObject: UInt32
        var access: String
        var opcode: UInt8?
        var guards: [Guard]?
    }

    struct Guard: Codable {
        var question: Int
        var answer: Bool
    }
}

extension Document.Request {
    init(_ request: RelocationRequest) {
        let location = request.location
        self.init(
            section: location.section,
            function: location.function,
            index: location.index,
            indexInFunction: location.indexInFunction,
            file: location.source?.file,
            line: location.source?.line,
            column: location.source?.column,
            text: location.source?.text,
            kind: request.kind.name,
            root: request.root.rawValue,
            rootInObject: request.rootInObject,
            access: request.access,
            opcode: request.opcode,
            guards: request.guards.isEmpty
                ? nil : request.guards.map { Document.Guard(question: $0.question, answer: $0.answer) }
        )
    }

    private var source: SourceLine? {
        guard let file, let line else { return nil }
        return SourceLine(file: file, line: line, column: column ?? 0, text: text ?? "")
    }

    /// The request, or why it is none.
    func checked(against types: BTF) throws(Refusal) -> RelocationRequest {
        guard let kind = RelocationKind(name: kind) else { throw Refusal("kind '\(kind)' is not known") }
        let root = TypeID(root)
        guard types.contains(root) else { throw Refusal("type id \(root) is not one of its types") }
        let limit = ObjectRequests.maximumLength
        guard types.bytes(at: types.header(of: root).name, limit: limit + 1).count <= limit else {
            throw Refusal("its root type's name is too long")
        }
        _ = try AccessSpec(access: access, kind: kind, root: root, in: types)
        return RelocationRequest(
            location: InstructionLocation(
                section: section,
                function: function,
                index: index,
                indexInFunction: indexInFunction,
                source: source
            ),
            kind: kind,
            root: root,
            rootInObject: rootInObject,
            access: access,
            opcode: opcode,
            guards: (guards ?? []).map { RelocationRequest.Guard(question: $0.question, answer: $0.answer) }
        )
    }
}

extension Document.Object {
    /// The object's requests, all fitting its types.
    func checked(in name: String) throws(RequestLogError) -> ObjectRequests {
        let types: BTF
        do throws(BTFError) {
            types = try BTF(parsing: Array(self.types))
        } catch {
            throw RequestLogError(name: name, place: object, reason: error.description)
        }
        let digits = Set("0123456789abcdef".utf8)
        guard sha256.map({ $0.utf8.count == 64 && $0.utf8.allSatisfy(digits.contains) }) ?? true else {
            throw RequestLogError(name: name, place: object, reason: "its sha256 is not 64 hexadecimal digits")
        }
        guard requests.count <= ObjectRequests.maximumCount else {
            let limit = ObjectRequests.maximumCount
            throw RequestLogError(
                name: name,
                place: object,
                reason: "has \(requests.count) requests, more than \(limit)"
            )
        }
        var checked: [RelocationRequest] = []
        for (index, request) in requests.enumerated() {
            do throws(Refusal) {
                checked.append(try request.checked(against: types))
            } catch {
                throw RequestLogError(name: name, place: "\(object), request \(index)", reason: error.reason)
            }
        }
        for (index, request) in checked.enumerated() {
            for found in request.guards
            where !checked.indices.contains(found.question) || !checked[found.question].kind.isQuestion {
                let place = "\(object), request \(index)"
                throw RequestLogError(name: name, place: place, reason: "its guard is no existence check")
            }
        }
        let grouped = (programs ?? []).joined()
        guard grouped.count <= ProgramGroups.limit, grouped.allSatisfy(checked.indices.contains) else {
            throw RequestLogError(name: name, place: object, reason: "has programs of requests that are not there")
        }
        return ObjectRequests(object: object, digest: sha256, types: types, requests: checked, programs: programs)
    }
}
