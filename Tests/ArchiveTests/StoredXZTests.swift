import Archive
import Foundation
import TestSupport
import Testing

@Suite("Stored .xz streams")
struct StoredXZTests {
    @Test("xz reads them back and finds nothing wrong", arguments: [0, 1, 511, 65_535, 65_536, 65_537, 1_000_003])
    func readable(size: Int) throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 7)
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let stream = try StoredXZ.stream(bytes)
        let path = directory.path("a.xz")
        try Data(stream).write(to: URL(fileURLWithPath: path))
        try Tool.run("xz", ["--test", path])
        #expect(Array(try Tool.run("xz", ["-dc", path]).output) == bytes)
        #expect(stream.count <= bytes.count + bytes.count / 1000 + 200)
        #expect(try StoredXZ.stream(bytes) == stream)
    }

    @Test("what is alike in two of them stays alike, so that an outer layer sees it")
    func transparent() throws {
        let text = Array(String(repeating: "task_struct mm_struct ", count: 2000).utf8)
        let stream = try StoredXZ.stream(text)
        #expect(stream.count > text.count)
        #expect(try Compression.xz.compress(stream + stream).count < 2000)
    }
}
