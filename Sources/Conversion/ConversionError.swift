public import Archive
public import BTF

/// Why no BTF can be made of an image, beside faults of its DWARF and of the ELF file.
///
/// `file` names the file, and the streams in it that were decompressed on the way.
public enum ConversionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is nothing in it of the kind that was asked for.
    case noTypes(file: String, source: BTFSource)
    /// Its .BTF section is damaged.
    case badSection(file: String, BTFError)
    /// Its BTF breaks a rule of the format.
    case invalidTypes(file: String, BTF.Finding)

    /// It holds no kernel that could be recognised.
    case noKernel(file: String, format: String)
    /// It ends before its kernel does: the payload's range in bytes, as the header states it, and the file's size.
    case truncatedPayload(file: String, payload: Range<Int>, count: Int)
    /// A stream in it does not decompress.
    case payload(ArchiveError)
    /// Its payload is compressed in a way that is not known here; `name` is what the header calls it.
    case unknownCompression(file: String, offset: Int, name: String)
    /// A stream decompresses to another number of bytes than is stated.
    case payloadSize(file: String, stated: Int, actual: Int)
    /// It holds what starts as BTF does, at this offset, but it is not whole.
    case damagedTypes(file: String, offset: Int, reason: String)
    /// It is packed too often.
    case tooManyLayers(file: String)
    /// It has too many places that look like compressed data; the search ended at this offset.
    case tooManyStreams(file: String, offset: Int)

    /// It is a module, whose BTF means nothing without the kernel's.
    case missingBase(file: String)
    /// It is a module, and its BTF was made against another BTF than the one that was given.
    case foreignBase(file: String, reason: String)
    /// Its BTF stands alone, and yet a base was given.
    case needlessBase(file: String)
    /// It is a module built outside the kernel's tree, with a base of its own in `.BTF.base`.
    case distilledBase(file: String)

    /// Whether a limit was reached, so that it makes no sense to go on with other parts of the file.
    var isLimit: Bool {
        switch self {
        case .tooManyLayers, .tooManyStreams: true
        case .payload(let error): error.kind == .tooLarge
        default: false
        }
    }

    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .noTypes(let file, .btf):
            "\(file) has no .BTF section; --source auto takes its DWARF, where it has some"
        case .noTypes(let file, .dwarf):
            "\(file) has no DWARF (.debug_info); a distribution's debug package has an image with DWARF"
        case .noTypes(let file, .auto):
            """
            \(file) has neither DWARF (.debug_info) nor BTF (.BTF); \
            a distribution's debug package has an image with DWARF
            """
        case .badSection(let file, let error):
            "\(file), section .BTF: \(error)"
        case .invalidTypes(let file, let finding):
            "\(file): its BTF breaks the format's rules (\(finding)); --source dwarf takes its DWARF, where it has some"
        case .noKernel(let file, let format):
            """
            \(file) (\(format)) holds no kernel with BTF; a distribution's debug package has an image with DWARF
            """
        case .truncatedPayload(let file, let payload, let count):
            """
            \(file): its payload of \(payload.count) bytes at offset \(Self.hex(payload.lowerBound)) \
            runs past its end at \(Self.hex(count)); fetch the file again
            """
        case .payload(let error): error.description
        case .unknownCompression(let file, let offset, let name):
            """
            \(file): the payload at offset \(Self.hex(offset)) is compressed with '\(name)', which is not known here; \
            decompress it beforehand
            """
        case .payloadSize(let file, let stated, let actual):
            "\(file) decompresses to \(actual) bytes instead of the \(stated) that are stated; fetch the file again"
        case .damagedTypes(let file, let offset, let reason):
            "\(file): the BTF at offset \(Self.hex(offset)) is not whole: \(reason)"
        case .tooManyLayers(let file):
            "\(file) is packed more than \(ImageUnpacker.layerLimit) times; unpack it beforehand"
        case .tooManyStreams(let file, let offset):
            """
            \(file): the search for a kernel ended at offset \(Self.hex(offset)) after too many places that look like \
            compressed data; unpack the kernel beforehand
            """
        case .missingBase(let file):
            "\(file), section .BTF: is a module's, split over its kernel's; give the kernel's BTF or image as the base"
        case .foreignBase(let file, let reason):
            """
            \(file), section .BTF: was made against another BTF than the base that was given (\(reason)); \
            give the BTF that stands in its kernel's image, or the image: a canonical form has other ids
            """
        case .needlessBase(let file):
            "\(file): its BTF stands alone and goes over no base; leave the base away"
        case .distilledBase(let file):
            """
            \(file) was built outside the kernel's tree and has a base of its own, section .BTF.base, \
            which is not supported
            """
        }
    }

    private static func hex(_ offset: Int) -> String { "0x" + String(offset, radix: 16) }
}
