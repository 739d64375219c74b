import Archive
import Foundation
import TestSupport
import Testing

@Suite("Reading archives")
struct ArchiveReaderTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A small tree and its archive by GNU tar.
    private func tar(_ name: String, _ options: [String] = []) throws -> String {
        _ = try directory.write("alpha", to: "tree/a/one")
        _ = try directory.write(String(repeating: "beta", count: 50_000), to: "tree/two")
        let link = directory.path("tree/link")
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == nil {
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a/one")
        }
        let path = directory.path(name)
        let members = ["./a", "./a/one", "./two", "./link"]
        try Tool.run("tar", ["--no-recursion", "-C", directory.path("tree"), "-caf", path] + options + members)
        return path
    }

    private func members(_ reader: ArchiveReader) throws -> [ArchiveMember] {
        var members: [ArchiveMember] = []
        while let member = try reader.nextMember() { members.append(member) }
        return members
    }

    @Test("Every compression and format of tar reads the same", arguments: [1, 2])
    func formats(threads: Int) throws {
        for suffix in [".tar", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2", ".tar.lzma"] {
            for format in ["gnu", "ustar", "pax"] {
                let path = try tar(format + suffix, ["--format=\(format)"])
                let found = try members(try ArchiveReader(path: path, threads: threads))
                #expect(found.map(\.path) == ["a", "a/one", "two", "link"], "\(format)\(suffix)")
                #expect(found.map(\.kind) == [.directory, .file, .file, .symbolicLink(target: "a/one")])
                #expect(found[2].size == 200_000)
            }
        }
    }

    @Test("Contents come whole, in pieces, or not at all", arguments: [".tar", ".tar.xz"])
    func contents(suffix: String) throws {
        let reader = try ArchiveReader(path: try tar("contents" + suffix), threads: 2)
        while let member = try reader.nextMember() {
            if member.path == "a/one" { #expect(try reader.contents(limit: 5) == Array("alpha".utf8)) }
            guard member.path == "two" else { continue }
            var bytes: [UInt8] = []
            try reader.readContents(limit: 200_000) { piece in piece.withUnsafeBytes { bytes += $0 } }
            #expect(bytes == Array(String(repeating: "beta", count: 50_000).utf8))
        }
    }

    @Test("A member over the limit is refused before it is read")
    func memberLimit() throws {
        let reader = try ArchiveReader(path: try tar("limit.tar"))
        while let member = try reader.nextMember() {
            guard member.path == "two" else { continue }
            let error = #expect(throws: ArchiveError.self) {
                try reader.readContents(limit: 199_999) { _ in Issue.record("a piece was read") }
            }
            #expect(error?.kind == .tooLarge)
            #expect(error?.place.members == ["two"])
            return
        }
    }

    @Test("A name that leads out of the archive is refused")
    func unsafePath() throws {
        _ = try directory.write("x", to: "evil")
        _ = try directory.write("y", to: "sub/y")
        let path = directory.path("evil.tar")
        try Tool.run("tar", ["-P", "-C", directory.path("sub"), "-cf", path, "../evil"])
        let reader = try ArchiveReader(path: path)
        let error = #expect(throws: ArchiveError.self) { try reader.nextMember() }
        #expect(error?.kind == .unsafePath)
    }

    @Test("An absolute name becomes a relative one")
    func absolutePath() throws {
        let file = try directory.write("x", to: "absolute")
        let path = directory.path("absolute.tar")
        try Tool.run("tar", ["-P", "-cf", path, file])
        #expect(try ArchiveReader(path: path).nextMember()?.path == String(file.dropFirst()))
    }

    @Test("A sparse member's holes are zeroes")
    func sparse() throws {
        let file = directory.path("sparse")
        try Data().write(to: URL(fileURLWithPath: file))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seek(toOffset: 3_000_000)
        try handle.write(contentsOf: Data("end".utf8))
        try handle.close()
        let path = directory.path("sparse.tar")
        try Tool.run("tar", ["-S", "-C", directory.url.path, "-cf", path, "sparse"])
        let reader = try ArchiveReader(path: path)
        #expect(try reader.nextMember()?.size == 3_000_003)
        #expect(try reader.contents(limit: 3_000_003) == Array(try Data(contentsOf: URL(fileURLWithPath: file))))
    }

    @Test("An archive within an archive", arguments: ["xz", "zstd", "gzip", "none"], [1, 2])
    func nested(compression: String, threads: Int) throws {
        _ = try directory.write(
            "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@m>\n",
            to: "deb/DEBIAN/control"
        )
        _ = try directory.write(String(repeating: "image", count: 100_000), to: "deb/usr/lib/image")
        let path = directory.path("p.deb")
        try Tool.run("dpkg-deb", ["--root-owner-group", "-Z\(compression)", "-b", directory.path("deb"), path])
        let outer = try ArchiveReader(path: path)
        while let member = try outer.nextMember(), !member.path.hasPrefix("data.tar") {}
        let inner = try ArchiveReader(memberOf: outer, threads: threads)
        while let member = try inner.nextMember(), member.path != "usr/lib/image" {}
        #expect(try inner.contents(limit: 500_000).count == 500_000)
        #expect(inner.place.members.count == 2)
    }

    @Test("A compressed stream is read as its one member", arguments: ["gzip", "xz", "zstd", "bzip2", "lz4"])
    func streams(tool: String) throws {
        guard Tool.path(of: tool) != nil else { return }
        let plain = try directory.write(String(repeating: "Package: x\n\n", count: 1000), to: "Packages")
        let path = directory.path("Packages.\(tool)")
        try Tool.run("tar", ["--version"])
        try Tool.run(tool, ["-c", plain]).output.write(to: URL(fileURLWithPath: path))
        for file in [plain, path] {
            let reader = try ArchiveReader(streamPath: file)
            #expect(try reader.nextMember() != nil)
            #expect(try reader.contents(limit: 12_000).count == 12_000)
            #expect(try reader.nextMember() == nil)
        }
    }

    @Test("What is missing, empty or no archive says so")
    func notAnArchive() throws {
        let missing = #expect(throws: ArchiveError.self) { try ArchiveReader(path: directory.path("missing")) }
        #expect(missing?.kind == .cannotRead)
        let text = try directory.write("this is no archive at all\n", to: "text")
        let error = #expect(throws: ArchiveError.self) { try ArchiveReader(path: text).nextMember() }
        #expect(error?.kind == .unsupported)
        #expect(error?.description.contains(text) == true)
        let empty = try directory.write("", to: "empty")
        #expect(try ArchiveReader(path: empty).nextMember() == nil)
    }

    @Test(
        "A cut archive gives an error or fewer members, never other contents",
        arguments: [".tar", ".tar.gz", ".tar.xz"]
    )
    func truncation(suffix: String) throws {
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: try tar("cut" + suffix))))
        let expected = try read(whole, threads: 2)
        for step in 1..<60 {
            let bytes = Array(whole[..<(whole.count * step / 60)])
            guard let found = try? read(bytes, threads: 1 + step % 2) else { continue }
            #expect(found.elementsEqual(expected.prefix(found.count), by: ==), "cut to \(bytes.count)")
        }
    }

    @Test(
        "A damaged archive gives an error or a result, never a crash or a hang",
        arguments: [".tar", ".tar.gz", ".tar.xz"]
    )
    func damage(suffix: String) throws {
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: try tar("damaged" + suffix))))
        var generator = SeededGenerator(seed: 42)
        for round in 0..<400 {
            var bytes = whole
            for _ in 0...(round % 4) {
                bytes[Int.random(in: 0..<min(bytes.count, 4096), using: &generator)] = .random(
                    in: 0...255,
                    using: &generator
                )
            }
            _ = try? read(bytes, threads: 1 + round % 2)
        }
    }

    private func read(_ bytes: [UInt8], threads: Int) throws -> [String] {
        let reader = try ArchiveReader(bytes: bytes, name: "bytes", threads: threads)
        var found: [String] = []
        while let member = try reader.nextMember() {
            found.append(member.path + ":" + String(try reader.contents(limit: 1 << 24).hashValue))
        }
        return found
    }
}
