import Archive
import Foundation
import TestSupport
import Testing

@Suite("One stream among other bytes")
struct StreamCompressionTests {
    static let sample: [UInt8] = {
        var generator = SeededGenerator(seed: 7)
        return Array(repeating: 0, count: 100_000) + generator.noise(50_000) + Array("the end".utf8)
    }()

    private static let place = ArchivePlace(file: "sample", offset: 16)

    private static func recognise(_ stream: [UInt8]) -> StreamCompression? {
        StreamCompression(startOf: stream.span.bytes)
    }

    private static func decompress(_ stream: [UInt8], room: Int = 1 << 20) throws -> (StreamResult, [UInt8]) {
        let compression = try #require(Self.recognise(stream))
        return decompress(stream, compression, room: room)
    }

    private static func decompress(
        _ stream: [UInt8],
        _ compression: StreamCompression,
        room: Int = 1 << 20
    ) -> (StreamResult, [UInt8]) {
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 16)
        defer { target.deallocate() }
        let result = compression.decompress(stream.span.bytes, into: target, at: place)
        return (result, Array(target[..<result.written]))
    }

    private func check(_ tool: StreamTool) throws {
        let stream = try tool.compress(Self.sample)
        #expect(Self.recognise(stream)?.rawValue == tool.format)
        var generator = SeededGenerator(seed: 8)
        let size = withUnsafeBytes(of: UInt32(Self.sample.count).littleEndian) { Array($0) }
        for trailer in [[], size, [0], Array(repeating: 0, count: 64), generator.noise(1000), Array(stream[..<9])] {
            // What starts as the stream does may be its continuation, and is damaged as such.
            if trailer.count == 9, ["gzip", "bzip2", "lz4"].contains(tool.format) { continue }
            let (result, contents) = try Self.decompress(stream + trailer)
            #expect(result.fault == nil, "\(trailer.count) bytes behind the stream")
            // libarchive reads on to see whether another frame of LZ4 follows.
            let isNear = tool.format == "lz4" && (0...4).contains(result.read - stream.count)
            #expect(result.read == stream.count || isNear)
            #expect(contents == Self.sample)
        }
        for room in [0, 1, 65_536, Self.sample.count - 1] {
            let (result, contents) = try Self.decompress(stream, room: room)
            #expect(result.fault?.kind == .tooLarge, "room for \(room)")
            #expect(contents.elementsEqual(Self.sample[..<contents.count]))
        }
        #expect(try Self.decompress(stream, room: Self.sample.count).1 == Self.sample)
    }

    private func cut(_ tool: StreamTool) throws {
        let sample = Array("the quick brown fox jumps over the lazy dog".utf8)
        let stream = try tool.compress(sample)
        let compression = try #require(Self.recognise(stream))
        for length in 0..<stream.count {
            let (result, contents) = Self.decompress(Array(stream[..<length]), compression)
            #expect(result.fault?.kind == .truncated, "cut to \(length) of \(stream.count) bytes")
            #expect(result.read <= length)
            #expect(contents.elementsEqual(sample[..<contents.count]))
        }
    }

    @Test(
        "what a tool compresses comes back, whatever follows, and no more than there is room",
        arguments: StreamTool.all
    )
    func tools(tool: StreamTool) throws { try check(tool) }

    @Test(
        "so does what lz4 compresses",
        .enabled(if: StreamTool.hasLZ4, "lz4 is not installed"),
        arguments: [StreamTool.lz4, .lz4Legacy]
    )
    func lz4(tool: StreamTool) throws { try check(tool) }

    @Test("a stream that is cut anywhere is told", arguments: StreamTool.all)
    func truncation(tool: StreamTool) throws { try cut(tool) }

    @Test(
        "so is one of lz4's",
        .enabled(if: StreamTool.hasLZ4, "lz4 is not installed"),
        arguments: [StreamTool.lz4, .lz4Legacy]
    )
    func lz4Truncation(tool: StreamTool) throws { try cut(tool) }

    @Test(
        "the kernel's LZ4 ends where it ends, at a whole block too",
        .enabled(if: StreamTool.hasLZ4, "lz4 is not installed"),
        arguments: [1, 8 << 20 - 1, 8 << 20, 8 << 20 + 1, 20 << 20]
    )
    func legacyBlocks(count: Int) throws {
        var generator = SeededGenerator(seed: 9)
        let noise = generator.noise(1000)
        let sample = Array((0..<count / 1000 + 1).lazy.map { _ in noise }.joined().prefix(count))
        let stream = try StreamTool.lz4Legacy.compress(sample)
        // The kernel's build appends the size.
        let size = withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) }
        for trailer in [[], size, size + noise] {
            let (result, contents) = try Self.decompress(stream + trailer, room: 32 << 20)
            #expect(result.fault == nil)
            #expect(result.read == stream.count)
            #expect(contents == sample)
        }
    }

    @Test("damage is an error where the format has a checksum, and never a trap", arguments: StreamTool.all)
    func damage(tool: StreamTool) throws {
        let sample = Array("the quick brown fox jumps over the lazy dog".utf8)
        let stream = try tool.compress(sample)
        let compression = try #require(Self.recognise(stream))
        for index in stream.indices {
            for bit in 0..<8 {
                var damaged = stream
                damaged[index] ^= 1 << bit
                let (result, contents) = Self.decompress(damaged, compression)
                guard result.fault == nil, ["gzip", "xz", "bzip2"].contains(tool.format) else { continue }
                #expect(contents == sample, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test("a stream within a stream is left as it is")
    func nesting() throws {
        let inner = try StreamTool.gzip.compress(Self.sample)
        let outer = try StreamTool.gzip.compress(inner)
        #expect(try Self.decompress(outer).1 == inner)
        let folder = try TemporaryDirectory()
        let file = folder.path("twice.gz")
        try Data(outer).write(to: URL(fileURLWithPath: file))
        // libarchive would unwrap up to 25 layers, and hold none but the last against a limit.
        let error = #expect(throws: ArchiveError.self) { try ArchiveReader(streamPath: file).nextMember() }
        #expect(error?.kind == .unsupported)
    }

    @Test("bytes that start as no stream does are not taken for one")
    func strangers() {
        for text in ["", "x", "BZh", "BZh9 is not how it starts", "plain text of some length", "\u{1f}\u{8b}\u{8}"] {
            #expect(Self.recognise(Array(text.utf8)) == nil)
        }
        // gzip's reserved flags; .lzma with a dictionary of an odd size, an absurd length, or no range coder behind.
        let lzma: [UInt8] = [0x5d, 0, 0, 0x80, 0] + Array(repeating: 0xff, count: 8) + [0]
        #expect(Self.recognise(lzma) == .lzma)
        for (index, value) in [(0, 0x5e), (1, 1), (3, 0xa0), (8, 0), (13, 1)] as [(Int, UInt8)] {
            var changed = lzma
            changed[index] = value
            #expect(Self.recognise(changed) == nil, "byte \(index)")
        }
        let gzip: [UInt8] = [0x1f, 0x8b, 8, 0x20] + Array(repeating: 0, count: 10)
        #expect(Self.recognise(gzip) == nil)
    }

    @Test("LZO is named and refused")
    func lzo() throws {
        let header: [UInt8] = [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a] + Array(repeating: 0, count: 20)
        let (result, _) = try Self.decompress(header)
        #expect(result.fault?.kind == .unsupported)
        #expect(result.fault?.description.contains("LZO") == true)
    }
}
