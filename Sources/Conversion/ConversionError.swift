public import BTF

/// Why no BTF can be made of an image, beside faults of its DWARF and of the ELF file.
public enum ConversionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is nothing in it of the kind that was asked for.
    case noTypes(file: String, source: BTFSource)
    /// Its .BTF section is damaged.
    case badSection(file: String, BTFError)

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
        }
    }
}
