import Glibc

/// One stanza of a Debian control file (deb822): fields with a name, a colon and a value that may go on over lines.
package struct ControlStanza {
    private let text: ArraySlice<UInt8>

    /// Takes the bytes of one stanza, with no empty line in them.
    package init(_ text: ArraySlice<UInt8>) { self.text = text }

    /// The value of a field, its continuation lines joined with newlines; names are compared without case.
    package subscript(name: String) -> String? {
        var value: [UInt8]?
        for line in text.split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
                value?.append(UInt8(ascii: "\n"))
                value?.append(contentsOf: Self.trim(line))
                continue
            }
            if let value { return String(decoding: value, as: UTF8.self) }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            if Self.isSame(line[..<colon], name) { value = Array(Self.trim(line[(colon + 1)...])) }
        }
        return value.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isSame(_ bytes: ArraySlice<UInt8>, _ name: String) -> Bool {
        bytes.count == name.utf8.count && zip(bytes, name.utf8).allSatisfy { lowercase($0) == lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let front = bytes.drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return [] }
        return front[...last]
    }
}

/// Cuts a control file that comes in pieces into its stanzas, in memory for one stanza and one piece.
package struct ControlStanzaSplitter {
    /// The most bytes that one stanza may have; Debian's largest has under 100 kB.
    package static let stanzaLimit = 4 << 20

    private var pending: [UInt8] = []
    /// How much of `pending` is known to hold no end of a stanza.
    private var scanned = 0

    /// Makes a splitter at the start of a file.
    package init() {}

    /// Takes the next piece and hands on each stanza that it completes.
    ///
    /// - Returns: false when a stanza is longer than the limit.
    package mutating func feed(_ piece: RawSpan, _ body: (ControlStanza) throws -> Void) rethrows -> Bool {
        piece.withUnsafeBytes { pending.append(contentsOf: $0) }
        var start = 0
        while let end = endOfStanza(from: max(scanned, start)) {
            if end > start { try body(ControlStanza(pending[start..<end])) }
            start = end + 2
            scanned = start
        }
        pending.removeFirst(min(start, pending.count))
        // The last byte may be the first of the two newlines that end a stanza.
        scanned = max(pending.count - 1, 0)
        return pending.count <= Self.stanzaLimit
    }

    /// Hands on what stands behind the last empty line.
    package mutating func finish(_ body: (ControlStanza) throws -> Void) rethrows {
        if pending.contains(where: { $0 != UInt8(ascii: "\n") }) { try body(ControlStanza(pending[...])) }
        pending = []
        scanned = 0
    }

    /// The index of the first of two newlines in a row.
    private func endOfStanza(from start: Int) -> Int? {
        guard start < pending.count else { return nil }
        return pending.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = start
            while index < bytes.count - 1, let found = memchr(base + index, 0x0A, bytes.count - 1 - index) {
                let newline = UnsafeRawPointer(found) - base
                if bytes[newline + 1] == 0x0A { return newline }
                index = newline + 1
            }
            return nil
        }
    }
}
