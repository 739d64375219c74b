internal import Archive
internal import ELF

/// How a file that may hold a kernel starts, and where it says that the kernel is.
enum ImageFormat: Hashable {
    /// An ELF file: a vmlinux, a module.
    case elf
    /// BTF itself.
    case btf
    /// One compressed stream.
    case compressed(StreamCompression)
    /// x86's boot format, with where its payload is (from boot protocol 2.08 on, that is Linux 2.6.26).
    case bzImage(payload: Range<Int>?)
    /// An EFI program that unpacks the kernel, with where its payload is and how it calls the compression.
    case zboot(payload: Range<Int>, compression: String)
    /// arm64's `Image`: the kernel as it lies in memory.
    case arm64Image
    /// RISC-V's `Image`: the kernel as it lies in memory.
    case riscvImage
    /// 32-bit ARM's `zImage`: code that unpacks a payload somewhere behind it.
    case armZImage
    /// s390x's `bzImage`: code that unpacks a payload somewhere behind it.
    case s390Image
    /// Anything else.
    case unknown

    /// Recognises a format by its header.
    ///
    /// - Parameter bytes: the whole file.
    init(_ bytes: RawSpan) {
        if bytes.has("\u{7f}ELF", at: 0) {
            self = .elf
        } else if bytes.word(at: 0) & 0xff_ffff == 0x01_eb9f || bytes.word(at: 0) & 0xff_ffff == 0x01_9feb {
            self = .btf
        } else if bytes.has("MZ", at: 0), bytes.has("zimg", at: 4) {
            self = Self.zboot(bytes)
        } else if bytes.has("ARM\u{64}", at: 56) {
            self = .arm64Image
        } else if bytes.has("RISCV\0", at: 48), bytes.has("RSC\u{05}", at: 56) {
            self = .riscvImage
        } else if bytes.has("HdrS", at: 0x202) {
            self = Self.bzImage(bytes)
        } else if bytes.word(at: 36) == 0x016f_2818 || bytes.word(at: 36) == 0x1828_6f01 {
            self = .armZImage
        } else if bytes.has("S390EP", at: 0x10008) {
            self = .s390Image
        } else if let compression = StreamCompression(startOf: bytes) {
            self = .compressed(compression)
        } else {
            self = .unknown
        }
    }

    /// Reads `drivers/firmware/efi/libstub/zboot-header.S`.
    private static func zboot(_ bytes: RawSpan) -> ImageFormat {
        let start = Int(bytes.word(at: 8))
        return .zboot(payload: start..<start + Int(bytes.word(at: 12)), compression: bytes.text(at: 24, limit: 32))
    }

    /// Reads the header that `Documentation/arch/x86/boot.rst` describes.
    private static func bzImage(_ bytes: RawSpan) -> ImageFormat {
        let version = bytes.word(at: 0x206) & 0xffff
        let length = Int(bytes.word(at: 0x24c))
        guard version >= 0x208, length > 0 else { return .bzImage(payload: nil) }
        let setupSectors = Int(bytes.word(at: 0x1f1) & 0xff)
        let start = ((setupSectors == 0 ? 4 : setupSectors) + 1) * 512 + Int(bytes.word(at: 0x248))
        return .bzImage(payload: start..<start + length)
    }

    /// The size that a payload's contents must have.
    ///
    /// The kernel's build writes it behind each payload but gzip's, which ends with it anyhow. x86's header counts it
    /// as part of the payload. It is what tells a cut LZ4 stream, which has no end marker, from a whole one.
    func statedSize(of compression: StreamCompression, in bytes: RawSpan) -> UInt32? {
        switch self {
        case .bzImage(let payload?): bytes.word(at: payload.upperBound - 4)
        case .zboot(let payload, _) where compression == .lz4Legacy && payload.upperBound + 4 <= bytes.byteCount:
            bytes.word(at: payload.upperBound)
        default: nil
        }
    }

    /// What people call it.
    var name: String {
        switch self {
        case .elf: "ELF file"
        case .btf: "BTF file"
        case .compressed(let compression): "\(compression.rawValue) stream"
        case .bzImage: "x86 bzImage"
        case .zboot: "EFI zboot image"
        case .arm64Image: "arm64 Image"
        case .riscvImage: "RISC-V Image"
        case .armZImage: "ARM zImage"
        case .s390Image: "s390x bzImage"
        case .unknown: "file of no known format"
        }
    }

    /// What an ELF header would say of an image that has none, where the format tells.
    var header: ELFHeader? {
        switch self {
        case .arm64Image:
            ELFHeader(addressClass: .bits64, byteOrder: .little, kind: .executable, machine: .aarch64)
        case .riscvImage: ELFHeader(addressClass: .bits64, byteOrder: .little, kind: .executable, machine: .riscv)
        case .armZImage: ELFHeader(addressClass: .bits32, byteOrder: .little, kind: .executable, machine: .arm)
        case .s390Image: ELFHeader(addressClass: .bits64, byteOrder: .big, kind: .executable, machine: .s390)
        case .elf, .btf, .compressed, .bzImage, .zboot, .unknown: nil
        }
    }
}
