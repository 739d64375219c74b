/// What a Range header asks of some content (RFC 9110, section 14).
package enum ByteRange: Hashable, Sendable {
    /// All of it: there is no header, or one that is to be ignored, such as several ranges.
    case whole
    /// These bytes.
    case part(Range<Int>)
    /// Bytes that the content does not have: status 416.
    case unsatisfiable

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - header: the header's value, or nil when there is none.
    ///   - size: the number of bytes of the content.
    package init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let spec = header.dropFirst("bytes=".count).trimmingPrefix { $0 == " " }
        guard let dash = spec.firstIndex(of: "-") else { return }
        let first = spec[..<dash]
        let last = spec[spec.index(after: dash)...]
        guard Self.isNumber(first) || first.isEmpty, Self.isNumber(last) || last.isEmpty else { return }
        // A number that Int cannot hold lies behind the end of everything.
        switch (first.isEmpty, last.isEmpty) {
        case (true, true): return
        case (true, false):
            let length = min(Int(last) ?? .max, size)
            self = length == 0 ? .unsatisfiable : .part(size - length..<size)
        case (false, _):
            let start = Int(first) ?? .max
            let end = last.isEmpty ? .max : Int(last) ?? .max
            guard start <= end else { return }
            self = start < size ? .part(start..<min(end, size - 1) + 1) : .unsatisfiable
        }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
