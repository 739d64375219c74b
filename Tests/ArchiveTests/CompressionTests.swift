import Archive
import Foundation
import TestSupport
import Testing

@Suite("One-shot compression")
struct CompressionTests {
    static let samples: [[UInt8]] = [
        [],
        [0],
        Array(repeating: 7, count: 300_000),
        (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) },
    ]
    static let tools: [(Compression, String)] = [(.gzip, "gzip"), (.xz, "xz"), (.zstd, "zstd")]

    @Test("What is compressed comes back, and the same input gives the same bytes", arguments: Compression.allCases)
    func roundTrip(compression: Compression) throws {
        for sample in Self.samples {
            let compressed = try compression.compress(sample)
            #expect(try compression.compress(sample) == compressed)
            #expect(try compression.decompress(compressed, limit: sample.count) == sample)
            #expect(try compression.decompress(compressed, limit: Int.max) == sample)
        }
    }

    @Test("The tools of each format read what is written and the other way round", arguments: tools)
    func interoperability(compression: Compression, tool: String) throws {
        let directory = try TemporaryDirectory()
        let sample = Self.samples[3]
        let ours = directory.path("ours" + compression.suffix)
        try Data(try compression.compress(sample, level: 3)).write(to: URL(fileURLWithPath: ours))
        #expect(Array(try Tool.run(tool, ["-dc", ours]).output) == sample)
        let plain = directory.path("plain")
        try Data(sample).write(to: URL(fileURLWithPath: plain))
        let theirs = Array(try Tool.run(tool, ["-c", plain]).output)
        #expect(try compression.decompress(theirs, limit: sample.count) == sample)
        guard compression != .gzip else { return }
        // Streams that follow each other unpack to their contents one after the other.
        #expect(try compression.decompress(theirs + theirs, limit: 2 * sample.count) == sample + sample)
    }

    @Test("More than the limit does not come out", arguments: Compression.allCases)
    func limit(compression: Compression) throws {
        let sample = Self.samples[2]
        let compressed = try compression.compress(sample)
        for limit in [0, 1, 65_536, sample.count - 1] {
            let error = #expect(throws: ArchiveError.self) { try compression.decompress(compressed, limit: limit) }
            #expect(error?.kind == .tooLarge)
        }
    }

    @Test("A stream that is cut anywhere is an error", arguments: [Compression.gzip, .xz, .zstd])
    func truncation(compression: Compression) throws {
        let compressed = try compression.compress(Array("the quick brown fox jumps over the lazy dog".utf8))
        for length in 0..<compressed.count {
            #expect(throws: ArchiveError.self, "cut to \(length)") {
                try compression.decompress(Array(compressed[..<length]), limit: 1000)
            }
        }
    }

    @Test(
        "Damage never gives other bytes in silence where the format has a checksum",
        arguments: [Compression.gzip, .xz]
    )
    func damage(compression: Compression) throws {
        let sample = Array("the quick brown fox jumps over the lazy dog".utf8)
        let compressed = try compression.compress(sample)
        for index in compressed.indices {
            for bit in 0..<8 {
                var damaged = compressed
                damaged[index] ^= 1 << bit
                guard let result = try? compression.decompress(damaged, limit: 1000) else { continue }
                #expect(result == sample, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test("Bytes of another format are refused by name")
    func wrongFormat() throws {
        for (compression, tool) in Self.tools {
            let error = #expect(throws: ArchiveError.self) {
                try compression.decompress(Array("plain text, and no \(tool)".utf8), limit: 1000, name: "sample")
            }
            #expect(error?.place.file == "sample")
        }
    }

    @Test("Archive names choose the compression")
    func suffixes() {
        #expect(Compression(tarPath: "a/b.tar") == Compression.none)
        #expect(Compression(tarPath: "b.tar.gz") == .gzip)
        #expect(Compression(tarPath: "B.TAR.XZ") == .xz)
        #expect(Compression(tarPath: "b.tar.zst") == .zstd)
        #expect(Compression(tarPath: "b.tgz") == .gzip)
        #expect(Compression(tarPath: "b.zip") == nil)
        #expect(Compression(tarPath: "tar") == nil)
    }
}
