internal import Foundation
internal import Hummingbird
internal import KernelIdentity

/// The query of a request, whose parameters must all be known: a filter that is misspelt must not match everything.
struct Query: Sendable {
    private let values: [String: String]

    /// The parameters that make a filter.
    static let filter: Set<String> = ["distro", "version", "arch", "release"]

    /// Reads the query.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - known: the parameters that may be there.
    /// - Throws: `HubError` when another is there, or one that is not percent-encoded properly.
    init(_ request: Request, known: Set<String>) throws {
        var values: [String: String] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard known.contains(name) else {
                let list = known.sorted().joined(separator: ", ")
                throw HubError.badRequest("parameter '\(name.prefix(50))' is not known here; there are \(list)")
            }
            // A plus sign stays one: it is common in releases, and queries made by hand seldom encode it.
            guard let value = parts.count == 2 ? String(parts[1]).removingPercentEncoding : "" else {
                throw HubError.badRequest("the value of parameter '\(name)' is not percent-encoded properly")
            }
            guard value.utf8.count <= 1024 else { throw HubError.badRequest("parameter '\(name)' is too long") }
            if !value.isEmpty { values[name] = value }
        }
        self.values = values
    }

    /// A parameter's value, or nil when it is missing or empty.
    subscript(_ name: String) -> String? { values[name] }

    /// The kernels that the query asks for.
    var filter: KernelFilter {
        KernelFilter(
            distribution: values["distro"],
            version: values["version"],
            architecture: values["arch"],
            release: values["release"]
        )
    }

    /// The parameters of the filter as a query of their own, in a fixed order.
    var filterItems: [(name: String, value: String)] {
        values.filter { Self.filter.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Writes a query.
    static func string(_ items: [(name: String, value: String)]) -> String {
        items.map { "\($0.name)=\(encode($0.value))" }.joined(separator: "&")
    }

    /// Percent-encodes what may not stand in a query or path for itself.
    static func encode(_ text: String) -> String {
        let allowed = CharacterSet(
            charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/+:@*"
        )
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}

extension BasicRequestContext {
    /// A part of the path, decoded.
    func pathPart(_ name: String) throws -> String {
        guard let raw = parameters.get(name), let part = raw.removingPercentEncoding else {
            throw HubError.badRequest("the path is not percent-encoded properly")
        }
        return part
    }
}
