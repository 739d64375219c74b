import KernelPackages
import Testing

@Suite("Control files")
struct ControlStanzaTests {
    static let text = """

        Package: one
        Depends: a (>= 1),
         b | c
        Description: first
         .
         more
        sha256:  abc\u{20}

        package: two
        Empty:


        Package: three
        """

    @Test("Stanzas come whole, in whatever pieces the file comes")
    func pieces() throws {
        let bytes = Array(Self.text.utf8)
        for size in 1...bytes.count {
            var splitter = ControlStanzaSplitter()
            var names: [String] = []
            var digests: [String?] = []
            let collect = { (stanza: ControlStanza) in
                names.append(stanza["Package"] ?? "")
                digests.append(stanza["SHA256"])
            }
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                let isAccepted = splitter.feed(piece.span.bytes, collect)
                #expect(isAccepted)
            }
            splitter.finish(collect)
            #expect(names == ["one", "two", "three"], "pieces of \(size)")
            #expect(digests == ["abc", nil, nil])
        }
    }

    @Test("Values go on over lines; names are compared without case")
    func values() {
        let stanza = ControlStanza(Array(Self.text.utf8)[1...])
        #expect(stanza["depends"] == "a (>= 1),\nb | c")
        #expect(stanza["DESCRIPTION"] == "first\n.\nmore")
        #expect(stanza["Depend"] == nil)
        #expect(ControlStanza(Array("Empty:\nNext: x".utf8)[...])["Empty"] == "")
        #expect(ControlStanza([])["x"] == nil)
        #expect(ControlStanza(Array(" continued\nno colon\nA: b".utf8)[...])["A"] == "b")
    }

    @Test("A stanza with no end is given up on")
    func endless() {
        var splitter = ControlStanzaSplitter()
        let piece = Array(String(repeating: "Field: value\n", count: 50_000).utf8)
        var isAccepted = true
        for _ in 0..<20 where isAccepted { isAccepted = splitter.feed(piece.span.bytes) { _ in } }
        #expect(!isAccepted)
    }
}
