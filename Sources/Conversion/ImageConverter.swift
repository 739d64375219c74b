public import BTF
public import DWARF
public import ELF

/// Makes the canonical BTF of a kernel image, from whichever of its sections can give it.
public struct ImageConverter: Sendable {
    /// What the BTF is made from.
    public let source: BTFSource
    /// How DWARF is converted.
    public let options: DWARFConverter.Options

    /// The bytes that a .BTF section may have; the largest known has 12 MB.
    private static let sectionLimit = 256 << 20

    /// Sets out how images are converted.
    ///
    /// - Parameters:
    ///   - source: what the BTF is made from.
    ///   - options: how DWARF is converted.
    public init(source: BTFSource = .auto, options: DWARFConverter.Options = .init()) {
        self.source = source
        self.options = options
    }

    /// Converts an image.
    ///
    /// - Parameter image: a vmlinux.
    /// - Returns: its BTF in canonical form, and what the conversion read where it was from DWARF.
    /// - Throws: `ConversionError`, `DWARFError` or `ELFError`, each naming the file.
    public func convert(_ image: ELFFile) throws -> (btf: BTF, report: ConversionReport?) {
        switch source {
        case .btf:
            return (try fromSection(image), nil)
        case .dwarf:
            guard hasDWARF(image) else { throw ConversionError.noTypes(file: image.name, source: source) }
            return try fromDWARF(image)
        case .auto:
            return hasDWARF(image) ? try fromDWARF(image) : (try fromSection(image), nil)
        }
    }

    private func hasDWARF(_ image: ELFFile) -> Bool { image.debugSection(named: ".debug_info") != nil }

    private func fromDWARF(_ image: ELFFile) throws -> (btf: BTF, report: ConversionReport?) {
        let (btf, report) = try DWARFConverter(options: options).convert(image)
        return (btf, report)
    }

    private func fromSection(_ image: ELFFile) throws -> BTF {
        guard let section = image.section(named: ".BTF"), section.kind != .noBits else {
            throw ConversionError.noTypes(file: image.name, source: source)
        }
        let bytes = try image.contents(of: section, limit: Self.sectionLimit).bytes
        do {
            return try BTF(parsing: bytes).canonicalized()
        } catch {
            throw ConversionError.badSection(file: image.name, error)
        }
    }
}
