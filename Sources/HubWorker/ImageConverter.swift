import BTF
import DWARF
import ELF

/// Makes a kernel image's canonical BTF.
struct ImageConverter {
    /// What the BTF is made from.
    let source: BTFSource
    /// How many threads may work.
    let threads: Int

    /// The canonical bytes of a kernel's BTF.
    ///
    /// - Parameter image: the kernel image.
    /// - Throws: `DWARFError`, `ELFError`, `BTFError`, or `ImageError` when the image has neither DWARF nor BTF.
    func convert(_ image: ELFFile) throws -> [UInt8] {
        let hasDWARF = image.debugSection(named: ".debug_info") != nil
        if source == .dwarf || source == .auto && hasDWARF {
            guard hasDWARF else { throw ImageError.noTypes(file: image.name, source: source) }
            let converter = DWARFConverter(options: DWARFConverter.Options(threads: threads))
            return try converter.convert(image).btf.serialized()
        }
        return try fromSection(image).canonicalized().serialized()
    }

    private func fromSection(_ image: ELFFile) throws -> BTF {
        guard let section = image.section(named: ".BTF"), section.kind != .noBits else {
            throw ImageError.noTypes(file: image.name, source: source)
        }
        return try BTF(parsing: image.contents(of: section, limit: Self.sectionLimit).bytes)
    }

    /// Bytes that a .BTF section may have; the largest known has 12 MB.
    private static let sectionLimit = 256 << 20
}

/// Why a file cannot be taken as a kernel image.
public enum ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is nothing in it to make BTF from.
    case noTypes(file: String, source: BTFSource)
    /// Its name as a kernel is not known; the list has what is missing.
    case unnamed(file: String, missing: [String])
    /// It is neither a package nor an ELF file.
    case unknownFile(String)

    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .noTypes(let file, .dwarf):
            "\(file) has no DWARF (.debug_info); take its .BTF section instead (auto or btf)"
        case .noTypes(let file, .btf): "\(file) has no .BTF section; take its DWARF instead (auto)"
        case .noTypes(let file, .auto):
            "\(file) has neither DWARF (.debug_info) nor BTF (.BTF); a distribution's debug package has an image with DWARF"
        case .unnamed(let file, let missing):
            "\(file) does not say which kernel it is; give \(missing.joined(separator: ", ")) (in a job: distribution, version)"
        case .unknownFile(let file): "\(file) is neither a Debian package, an rpm nor an ELF file"
        }
    }
}
