public import BTF
public import ELF

/// The kernel or the module in a file, with what it was packed in taken off.
///
/// Understands ELF files; x86's bzImage; arm64's and RISC-V's Image; EFI zboot images; 32-bit ARM's zImage; s390x's
/// bzImage; BTF itself; and any of these, or a module, behind gzip, bzip2, xz, lzma, zstd or lz4. A file of another
/// format is searched for a kernel.
public struct UnpackedImage: Sendable {
    /// What was found.
    public enum Contents: Sendable {
        /// An ELF file: a vmlinux or a module.
        case elf(ELFFile)
        /// The BTF of a kernel that is no ELF file, as it stands there, proven whole.
        case types(BTF)
    }

    /// The most bytes that may come out of a file's compressed streams, together, when nothing else is asked for.
    public static let defaultLimit = 1 << 30

    /// Where the kernel was found: the file, and the streams within it.
    public let name: String
    /// The ELF header, or what it would say of an image that has none; nil when its format does not tell.
    public let header: ELFHeader?
    /// The kernel or module.
    public let contents: Contents

    /// Opens a file and takes off what its kernel is packed in.
    ///
    /// - Parameters:
    ///   - path: the path of a regular file, which must not be written while this value lives.
    ///   - limit: the most bytes that may come out of its compressed streams, together; that much memory and 256 MiB
    ///     for a decoder are used at most.
    /// - Throws: `ConversionError` or `ELFError`, each naming the file.
    public init(path: String, limit: Int = defaultLimit) throws {
        try self.init(MappedFile(path: path), limit: limit)
    }

    /// Takes off what a file's kernel is packed in.
    ///
    /// - Parameters:
    ///   - file: the whole file.
    ///   - limit: the most bytes that may come out of its compressed streams, together; that much memory and 256 MiB
    ///     for a decoder are used at most.
    /// - Throws: `ConversionError` or `ELFError`, each naming the file.
    public init(_ file: MappedFile, limit: Int = defaultLimit) throws {
        var unpacker = ImageUnpacker(limit: limit)
        self = try unpacker.unpack(file)
    }

    init(name: String, header: ELFHeader?, contents: Contents) {
        self.name = name
        self.header = header
        self.contents = contents
    }

    /// The kernel's GNU build-id.
    ///
    /// - Returns: the bytes; nil where there is none, and for a kernel that is no ELF file: its notes cannot be told
    ///   from those of the vDSO in it.
    /// - Throws: `ELFError` when a section of notes is damaged.
    public func buildID() throws(ELFError) -> [UInt8]? {
        guard case .elf(let elf) = contents else { return nil }
        return try elf.buildID()
    }
}
