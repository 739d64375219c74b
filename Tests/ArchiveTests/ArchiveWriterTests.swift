import Archive
import Foundation
import TestSupport
import Testing

@Suite("Writing tar archives")
struct ArchiveWriterTests {
    private func archive(
        _ compression: Compression,
        _ fill: (ArchiveWriter) throws -> Void
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = try ArchiveWriter(compression: compression) { bytes += $0 }
        try fill(writer)
        try writer.finish()
        return bytes
    }

    @Test("GNU tar reads what is written, and the bytes are the same each time", arguments: Compression.allCases)
    func readableByTar(compression: Compression) throws {
        let directory = try TemporaryDirectory()
        let contents = [UInt8](repeating: 65, count: 70_000)
        let fill = { (writer: ArchiveWriter) in
            try writer.addFile("./debian/12/x86_64/6.1.0-56-cloud-amd64.btf", contents: contents)
            try writer.addSymbolicLink("./debian/bookworm", target: "12")
            try writer.addFile("empty", contents: [])
        }
        let bytes = try archive(compression, fill)
        #expect(try archive(compression, fill) == bytes)
        let path = directory.path("a" + compression.tarSuffix)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let listing = try Tool.run("tar", ["--utc", "--full-time", "--numeric-owner", "-tvf", path]).text
        #expect(
            listing.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) } == [
                [
                    "-rw-r--r--", "0/0", "70000", "1970-01-01", "00:00:00",
                    "./debian/12/x86_64/6.1.0-56-cloud-amd64.btf",
                ],
                ["lrwxrwxrwx", "0/0", "0", "1970-01-01", "00:00:00", "./debian/bookworm", "->", "12"],
                ["-rw-r--r--", "0/0", "0", "1970-01-01", "00:00:00", "empty"],
            ]
        )
        let member = try Tool.run("tar", ["-xOf", path, "./debian/12/x86_64/6.1.0-56-cloud-amd64.btf"])
        #expect(Array(member.output) == contents)
    }

    @Test("a hard link is a second name of a file, as tar unpacks it")
    func hardLinks() throws {
        let directory = try TemporaryDirectory()
        let bytes = try archive(.none) { writer in
            try writer.addFile("./a/one", contents: [1, 2, 3])
            try writer.addHardLink("./b/two", target: "./a/one")
        }
        try Data(bytes).write(to: URL(fileURLWithPath: directory.path("a.tar")))
        try Tool.run("tar", ["-xf", directory.path("a.tar"), "-C", directory.url.path])
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path("b/two"))) == Data([1, 2, 3]))
        let files = try ["a/one", "b/two"].map { path in
            try FileManager.default.attributesOfItem(atPath: directory.path(path))[.systemFileNumber] as? Int
        }
        #expect(files[0] != nil && files[0] == files[1])
    }

    @Test(
        "Names of up to 99 bytes take one plain header; longer ones are kept whole",
        arguments: [1, 99, 100, 101, 260]
    )
    func nameLengths(length: Int) throws {
        let directory = try TemporaryDirectory()
        let name = String(repeating: "n", count: length)
        let bytes = try archive(.none) { try $0.addFile(name, contents: [1]) }
        if length <= 99 {
            #expect(bytes.count == 512 + 512 + 1024)
            #expect(Array(bytes[..<length]) == Array(name.utf8))
            #expect(Array(bytes[257..<263]) == Array("ustar\0".utf8))
        }
        let path = directory.path("a.tar")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try Tool.run("tar", ["-tf", path]).text == name + "\n")
        let reader = try ArchiveReader(path: path)
        #expect(try reader.nextMember()?.path == name)
    }

    @Test("gzip carries no time")
    func gzipHeader() throws {
        let bytes = try archive(.gzip) { try $0.addFile("a", contents: [1]) }
        #expect(Array(bytes[..<3]) == [0x1F, 0x8B, 8])
        #expect(Array(bytes[3..<8]) == [0, 0, 0, 0, 0])
    }

    private struct Full: Error {}

    @Test("What the sink throws comes out of the writer", arguments: Compression.allCases)
    func sinkError(compression: Compression) throws {
        #expect(throws: Full.self) {
            let writer = try ArchiveWriter(compression: compression) { _ in throw Full() }
            for index in 0..<100 {
                let noise = (0..<10_000).map { _ in UInt8.random(in: 0...255) }
                try writer.addFile("file\(index)", contents: noise)
            }
            try writer.finish()
        }
    }

    @Test("An archive that is not finished has no end", arguments: Compression.allCases)
    func unfinished(compression: Compression) throws {
        var bytes: [UInt8] = []
        do {
            let writer = try ArchiveWriter(compression: compression) { bytes += $0 }
            try writer.addFile("a", contents: [UInt8](repeating: 1, count: 1_000_000))
        }
        let whole = try archive(compression) {
            try $0.addFile("a", contents: [UInt8](repeating: 1, count: 1_000_000))
        }
        #expect(bytes.count < whole.count)
    }

    @Test("Nothing is added after the end")
    func finished() throws {
        let writer = try ArchiveWriter(compression: .none) { _ in }
        try writer.finish()
        #expect(throws: ArchiveError.self) { try writer.addFile("late", contents: []) }
    }
}
