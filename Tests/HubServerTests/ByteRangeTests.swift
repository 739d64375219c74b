import HubServer
import HubStore
import Testing

@Suite("Range and condition headers")
struct ByteRangeTests {
    @Test(
        "ranges of ten bytes",
        arguments: [
            (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-5", .part(2..<6)), ("bytes=2-", .part(2..<10)),
            ("bytes=0-9", .part(0..<10)), ("bytes=0-99", .part(0..<10)), ("bytes=9-", .part(9..<10)),
            ("bytes=10-", .unsatisfiable), ("bytes=10-20", .unsatisfiable), ("bytes=-3", .part(7..<10)),
            ("bytes=-10", .part(0..<10)), ("bytes=-99", .part(0..<10)), ("bytes=-0", .unsatisfiable),
            ("Bytes=1-2", .part(1..<3)), ("bytes= 1-2", .part(1..<3)),
            ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=1-99999999999999999999", .part(1..<10)),
            ("bytes=-99999999999999999999", .part(0..<10)),
            ("bytes=5-2", .whole), ("bytes=-", .whole), ("bytes=", .whole), ("bytes", .whole),
            ("bytes=1-2,4-5", .whole),
            ("bytes=a-b", .whole), ("bytes=1--2", .whole), ("bytes=+1-2", .whole), ("items=1-2", .whole), ("", .whole),
            ("bytes=1-2 ", .whole), ("bytes=٣-٤", .whole),
        ] as [(String?, ByteRange)]
    )
    func ranges(header: String?, expected: ByteRange) {
        #expect(ByteRange(header, size: 10) == expected)
    }

    @Test("nothing of empty content can be sent")
    func empty() {
        #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange("bytes=-1", size: 0) == .unsatisfiable)
    }

    @Test("If-None-Match names a tag alone, in a list, weak, or as a star")
    func ifNoneMatch() {
        let tag = EntityTag(ContentDigest(of: [1]))
        let other = EntityTag(ContentDigest(of: [2])).description
        for header in ["\(tag)", "W/\(tag)", "\(other), \(tag)", "\(other),W/\(tag) ", "*"] {
            #expect(tag.isNamed(inIfNoneMatch: header), "\(header)")
        }
        for header in [nil, "", other, "\(tag)".replacing("\"", with: ""), "x"] {
            #expect(!tag.isNamed(inIfNoneMatch: header), "\(header ?? "none")")
        }
    }

    @Test("If-Range lets a range through for the same strong tag alone")
    func ifRange() {
        let tag = EntityTag(ContentDigest(of: [1]))
        #expect(tag.allowsRange(ifRange: nil))
        #expect(tag.allowsRange(ifRange: "\(tag)"))
        #expect(!tag.allowsRange(ifRange: "W/\(tag)"))
        #expect(!tag.allowsRange(ifRange: "Sat, 21 Nov 2026 10:00:00 GMT"))
    }

    @Test("the value of --listen is host and port")
    func listen() throws {
        for (text, host, port) in [
            ("127.0.0.1:8080", "127.0.0.1", 8080), (":80", "0.0.0.0", 80), ("[::1]:0", "::1", 0),
            ("hub.example:65535", "hub.example", 65535),
        ] {
            let listen = try #require(ServerConfiguration.parseListen(text))
            #expect(listen == (host, port))
        }
        for text in ["8080", "127.0.0.1", "::1:80", "host:65536", "host:-1", "host:", ""] {
            #expect(ServerConfiguration.parseListen(text) == nil, "\(text)")
        }
    }
}
