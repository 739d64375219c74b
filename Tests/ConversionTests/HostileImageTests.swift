import Archive
import BTF
import Conversion
import ELF
import TestSupport
import Testing

@Suite("Hostile images")
struct HostileImageTests {
    /// Converts what may be refused, but only with an error that names the file.
    private func tryOut(_ bytes: [UInt8], limit: Int = 16 << 20, _ comment: Comment) {
        do {
            let types = try BootImageTests.convert(bytes, limit: limit)
            #expect(types.verify().isEmpty, comment)
        } catch let error as ConversionError {
            #expect(error.description.hasPrefix("image"), comment)
        } catch let error as ELFError {
            #expect(error.description.hasPrefix("image"), comment)
        } catch {
            Issue.record("\(comment): \(type(of: error)) \(error)")
        }
    }

    private static func images() throws -> [[UInt8]] {
        let vmlinux = try Workshop.vmlinux()
        let flat = Workshop.flat(try Workshop.types())
        let xz = try StreamTool.xz.compress(vmlinux)
        let gzip = try StreamTool.gzip.compress(Workshop.arm64Image(flat))
        return [
            Workshop.bzImage(Workshop.withSize(xz, of: vmlinux, .xz)),
            Workshop.zboot(gzip, size: flat.count + 64, compression: "gzip"),
            Workshop.armZImage(try StreamTool.zstd.compress(flat)),
            Workshop.arm64Image(flat),
            gzip,
        ]
    }

    @Test("an image that is cut anywhere is refused or read, and never a trap")
    func cuts() throws {
        for image in try Self.images() {
            for length in Array(stride(from: 0, to: image.count, by: 211)) + [image.count - 1] {
                tryOut(Array(image[..<length]), "cut to \(length) of \(image.count) bytes")
            }
        }
    }

    @Test("a payload that is not all there is told")
    func truncatedPayload() throws {
        let vmlinux = try Workshop.vmlinux()
        let stream = try StreamTool.xz.compress(vmlinux)
        let image = Workshop.bzImage(Workshop.withSize(stream, of: vmlinux, .xz))
        let cut = Array(image[..<(0x920 + stream.count / 2)])
        let payload = 0x920..<0x920 + stream.count + 4
        #expect(throws: ConversionError.truncatedPayload(file: "image", payload: payload, count: cut.count)) {
            try BootImageTests.convert(cut)
        }
        // The header says less than there is, or more than the stream has.
        let short = Workshop.bzImage(stream, statedLength: stream.count / 2)
        let error = #expect(throws: ConversionError.self) { try BootImageTests.convert(short) }
        guard case .payload(let fault)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.kind == .truncated)
        for tool in [StreamTool.xz, .zstd] {
            let zImage = Workshop.armZImage(try tool.compress(Workshop.flat(Workshop.types())))
            let error = #expect(throws: ConversionError.self) {
                try BootImageTests.convert(Array(zImage[..<(zImage.count - 9000)]))
            }
            guard case .payload? = error else {
                Issue.record("\(tool): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("contents of another size than is stated are refused")
    func statedSize() throws {
        let vmlinux = try Workshop.vmlinux()
        let stream = try StreamTool.zstd.compress(vmlinux)
        #expect(
            throws: ConversionError.payloadSize(
                file: "image, zstd stream at offset 0x920",
                stated: vmlinux.count + 1,
                actual: vmlinux.count
            )
        ) { try BootImageTests.convert(Workshop.bzImage(stream + Workshop.word(vmlinux.count + 1))) }
    }

    @Test("headers with each field at its worst")
    func headers() throws {
        for (index, image) in try Self.images().enumerated() {
            let offsets = Array(0..<64) + [0x1f1] + Array(0x202..<0x212) + Array(0x248..<0x250)
            for offset in offsets {
                for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                    var changed = image
                    changed[offset] = value
                    tryOut(changed, "image \(index), byte \(offset) set to \(value)")
                }
            }
        }
    }

    @Test("a bomb ends at the limit, however it is packed", arguments: StreamTool.all)
    func bombs(tool: StreamTool) throws {
        let limit = 4 << 20
        let bomb = try tool.compress([UInt8](repeating: 0, count: 32 << 20))
        for image in [
            bomb, Workshop.bzImage(bomb + Workshop.word(32 << 20)), Workshop.armZImage(bomb), Workshop.noise(77) + bomb,
            Workshop.zboot(bomb, size: 32 << 20, compression: "x"),
        ] {
            let error = #expect(throws: ConversionError.self) { try BootImageTests.convert(image, limit: limit) }
            guard case .payload(let fault)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(fault.kind == .tooLarge)
        }
    }

    @Test("streams within streams end at a limit")
    func layers() throws {
        var bytes = try Workshop.vmlinux()
        for layer in 1...5 {
            bytes = try StreamTool.gzip.compress(bytes)
            if layer <= 4 {
                _ = try BootImageTests.convert(bytes)
            } else {
                let error = #expect(throws: ConversionError.self) { try BootImageTests.convert(bytes) }
                guard case .tooManyLayers? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
        // One limit holds for all layers together.
        let zeros = [UInt8](repeating: 0, count: 3 << 20)
        let inner = Workshop.noise(100) + (try StreamTool.gzip.compress(zeros))
        let outer = try StreamTool.gzip.compress(inner + zeros)
        let error = #expect(throws: ConversionError.self) { try BootImageTests.convert(outer, limit: 4 << 20) }
        #expect(error?.description.contains("limit") == true)
    }

    @Test("many places that look like streams end the search")
    func manyStreams() throws {
        let stream = try StreamTool.gzip.compress(Array("not a kernel".utf8))
        let image = Workshop.noise(64) + Array(repeatElement(stream, count: 100).joined(separator: [1, 2, 3]))
        let error = #expect(throws: ConversionError.self) { try BootImageTests.convert(image) }
        guard case .tooManyStreams("image", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("many headers that claim all that follows cost no more than few")
    func manyHeaders() throws {
        // Each claims types and strings up to the end: parsing all of them would take hours.
        let count = 24 * 100_000
        var image: [UInt8] = []
        image.reserveCapacity(count + 64)
        while image.count < count {
            let rest = count - image.count - 24
            image += Workshop.word(0x0001_eb9f) + Workshop.word(24) + Workshop.word(0) + Workshop.word(rest - 20)
            image += Workshop.word(rest - 20) + Workshop.word(20)
        }
        image[(count - 20)...] = ArraySlice(repeating: 0, count: 20)
        let clock = ContinuousClock()
        let time = clock.measure { tryOut(Workshop.arm64Image(image), "headers") }
        #expect(time < .seconds(5))
    }

    @Test("an unknown compression is called by its name")
    func unknownCompression() throws {
        let image = Workshop.zboot(Workshop.noise(100), size: 5000, compression: "lzo")
        #expect(throws: ConversionError.unknownCompression(file: "image", offset: 0x1000, name: "lzo")) {
            try BootImageTests.convert(image)
        }
        let lzo: [UInt8] = [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a]
        for image in [Workshop.bzImage(lzo + Workshop.noise(50)), Workshop.armZImage(lzo + Workshop.noise(50))] {
            let error = #expect(throws: ConversionError.self) { try BootImageTests.convert(image) }
            #expect(error?.description.contains("LZO") == true)
        }
    }
}
