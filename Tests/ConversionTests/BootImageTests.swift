import BTF
import Conversion
import ELF
import TestSupport
import Testing

@Suite("Boot images")
struct BootImageTests {
    /// What `--source btf` gives for a file.
    static func convert(_ bytes: [UInt8], limit: Int = UnpackedImage.defaultLimit) throws -> BTF {
        try Corpus.keep(bytes, for: .image)
        let image = try UnpackedImage(MappedFile(bytes: bytes, name: "image"), limit: limit)
        return try ImageConverter(source: .btf).convert(image).btf
    }

    private static func expected() throws -> [UInt8] {
        try BTF(parsing: Workshop.types()).canonicalized().serialized()
    }

    private func check(_ tool: StreamTool) throws {
        let expected = try Self.expected()
        let vmlinux = try Workshop.vmlinux()
        let packedELF = try tool.compress(vmlinux)
        let flat = Workshop.flat(try Workshop.types())
        let packedFlat = try tool.compress(flat)
        let sizedELF = Workshop.withSize(packedELF, of: vmlinux, tool)
        let sizedFlat = Workshop.withSize(packedFlat, of: flat, tool)
        let arm64 = Workshop.arm64Image(flat)
        let packedARM64 = try tool.compress(arm64)
        let files: [(String, [UInt8])] = [
            ("vmlinux, compressed", packedELF),
            ("bzImage", Workshop.bzImage(sizedELF)),
            ("bzImage of an old protocol", Workshop.bzImage(sizedELF, version: 7)),
            ("zboot", Workshop.zboot(packedARM64, size: arm64.count, compression: tool.format)),
            ("Image, compressed", packedARM64),
            ("ARM zImage", Workshop.armZImage(sizedFlat)),
            ("s390x bzImage", Workshop.s390Image(sizedFlat)),
            ("an unknown format", Workshop.noise(99) + sizedELF + Workshop.noise(500)),
            ("PowerPC's wrapper", try Workshop.vmlinux([".kernel:vmlinux.strip": packedELF])),
        ]
        for (name, file) in files {
            #expect(try Self.convert(file).serialized() == expected, "\(name)")
        }
    }

    @Test("the same BTF comes out of every kind of image and compression", arguments: StreamTool.all)
    func images(tool: StreamTool) throws { try check(tool) }

    @Test(
        "lz4's too",
        .enabled(if: StreamTool.hasLZ4, "lz4 is not installed"),
        arguments: [StreamTool.lz4, .lz4Legacy]
    )
    func lz4Images(tool: StreamTool) throws { try check(tool) }

    @Test("kernels that are not compressed")
    func uncompressed() throws {
        let expected = try Self.expected()
        let vmlinux = try Workshop.vmlinux()
        let flat = Workshop.flat(try Workshop.types())
        for file in [
            vmlinux, Workshop.bzImage(vmlinux), Workshop.arm64Image(flat), Workshop.riscvImage(flat),
            Workshop.s390Image(flat), Workshop.armZImage(flat), flat,
        ] { #expect(try Self.convert(file).serialized() == expected) }
    }

    @Test("what is known of the machine, the build-id and the place")
    func description() throws {
        let vmlinux = try Workshop.vmlinux()
        let flat = Workshop.flat(try Workshop.types())
        func open(_ bytes: [UInt8]) throws -> UnpackedImage {
            try UnpackedImage(MappedFile(bytes: bytes, name: "vmlinuz"))
        }
        let packed = try open(Workshop.bzImage(Workshop.withSize(StreamTool.xz.compress(vmlinux), of: vmlinux, .xz)))
        #expect(packed.name == "vmlinuz, xz stream at offset 0x920")
        #expect(packed.header?.machine == .amd64)
        #expect(try packed.buildID()?.count == 20)
        #expect(try packed.buildID() == ELFFile(bytes: vmlinux, name: "vmlinux").buildID())
        #expect(try open(Workshop.arm64Image(flat)).header?.machine == .aarch64)
        #expect(try open(Workshop.riscvImage(flat)).header?.machine == .riscv)
        #expect(try open(Workshop.armZImage(StreamTool.gzip.compress(flat))).header?.machine == .arm)
        let s390 = try open(Workshop.s390Image(StreamTool.zstd.compress(Workshop.flat(Workshop.bigEndianTypes()))))
        #expect(s390.header?.machine == .s390)
        #expect(s390.header?.byteOrder == .big)
        #expect(try s390.buildID() == nil)
        #expect(try open(flat).header == nil)
    }

    @Test("a file of BTF is taken as it is, and checked")
    func plainBTF() throws {
        for blob in [try Workshop.types(), try Workshop.bigEndianTypes(), try CompiledBTF.compile("int x;")] {
            let file = try MappedFile(bytes: blob, name: "kernel.btf")
            #expect(try ImageConverter.embeddedTypes(of: UnpackedImage(file)).serialized() == blob)
            let cut = try MappedFile(bytes: blob.dropLast(), name: "kernel.btf")
            let error = #expect(throws: ConversionError.self) { try UnpackedImage(cut) }
            guard case .damagedTypes("kernel.btf", 0, _)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("a kernel without types is told from one that is not there")
    func withoutTypes() throws {
        let bare = try Workshop.vmlinux([:])
        let packed = Workshop.bzImage(Workshop.withSize(try StreamTool.xz.compress(bare), of: bare, .xz))
        for source in BTFSource.allCases {
            let image = try UnpackedImage(MappedFile(bytes: packed, name: "vmlinuz"))
            #expect(
                throws: ConversionError.noTypes(file: "vmlinuz, xz stream at offset 0x920", source: source)
            ) { try ImageConverter(source: source).convert(image) }
        }
        for (format, file) in [
            ("ARM zImage", Workshop.armZImage(try StreamTool.xz.compress(Workshop.noise(30_000)))),
            ("arm64 Image", Workshop.arm64Image(Workshop.noise(30_000))),
            ("file of no known format", Workshop.noise(30_000)),
            ("file of no known format", []),
        ] {
            #expect(throws: ConversionError.noKernel(file: "image", format: format)) { try Self.convert(file) }
        }
        let flat = Workshop.arm64Image(Workshop.flat(try Workshop.types()))
        let image = try UnpackedImage(MappedFile(bytes: flat, name: "Image"))
        #expect(throws: ConversionError.noTypes(file: "Image", source: .dwarf)) {
            try ImageConverter(source: .dwarf).convert(image)
        }
    }

    @Test("of several streams the one with the kernel's types is taken")
    func severalStreams() throws {
        let gzip = StreamTool.gzip
        let other = try gzip.compress(Workshop.noise(50_000, seed: 6))
        let bare = try gzip.compress(Workshop.vmlinux([:]))
        let kernel = try gzip.compress(Workshop.vmlinux())
        let file = Workshop.armZImage(other + Workshop.noise(3) + bare + Workshop.noise(5) + kernel)
        #expect(try Self.convert(file).serialized() == Self.expected())
        let without = try UnpackedImage(MappedFile(bytes: Workshop.armZImage(other + [7] + bare), name: "image"))
        guard case .elf = without.contents else {
            Issue.record("an ELF file without types is better than none")
            return
        }
    }
}
