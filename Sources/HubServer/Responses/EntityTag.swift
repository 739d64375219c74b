package import HubStore

/// The strong entity tag of some content: its SHA-256 in quotes (RFC 9110, section 8.8.3).
package struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// The tag as a header has it.
    package let description: String

    /// Makes the tag of content.
    ///
    /// - Parameter digest: the digest of the content as it is sent.
    package init(_ digest: ContentDigest) { description = "\"\(digest)\"" }

    /// Whether an If-None-Match header names this tag, by weak comparison, or `*`.
    ///
    /// - Parameter header: the header's value, or nil when there is none.
    /// - Returns: whether the client has the content already.
    package func isNamed(inIfNoneMatch header: String?) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { part in
            let tag = part.trimmingPrefix(while: \.isWhitespace)
            return tag == "*" || tag.hasPrefix(description) || tag.hasPrefix("W/" + description)
        }
    }

    /// Whether an If-Range header lets a range be sent: there is none, or it names this tag, by strong comparison.
    ///
    /// - Parameter header: the header's value, or nil when there is none.
    /// - Returns: whether a Range header counts.
    package func allowsRange(ifRange header: String?) -> Bool {
        header.map { $0.filter { !$0.isWhitespace } == description } ?? true
    }
}
