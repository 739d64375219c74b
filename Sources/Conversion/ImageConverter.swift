public import BTF
public import DWARF
public import ELF

/// Makes the canonical BTF of a kernel image or a module, from whichever of its sections can give it.
public struct ImageConverter: Sendable {
    /// What the BTF is made from.
    public let source: BTFSource
    /// The BTF that modules' BTF is split over.
    public let base: BTF?
    /// How DWARF is converted.
    public let options: DWARFConverter.Options
    /// The base made ready for modules' DWARF, once for all modules.
    private let preparedBase: PreparedBase?

    /// Sets out how images are converted.
    ///
    /// - Parameters:
    ///   - source: what the BTF is made from.
    ///   - base: for modules, their kernel's BTF; the result is split over it. For a module's DWARF any form of it
    ///     does, best the canonical one that the kernel's own DWARF gave. A module's .BTF section refers to it by
    ///     number: there it must be byte for byte as the kernel's build made it, which is what `embeddedTypes(of:)`
    ///     takes from the kernel's image; a canonical form has ids and strings in another order.
    ///   - options: how DWARF is converted.
    public init(source: BTFSource = .auto, base: BTF? = nil, options: DWARFConverter.Options = .init()) {
        self.source = source
        self.base = base
        self.options = options
        preparedBase = source == .btf ? nil : base.map(PreparedBase.init)
    }

    /// Converts an image.
    ///
    /// - Parameter image: a vmlinux or a module.
    /// - Returns: its BTF in canonical form, and what the conversion read where it was from DWARF.
    /// - Throws: `ConversionError`, `DWARFError` or `ELFError`, each naming the file.
    public func convert(_ image: ELFFile) throws -> (btf: BTF, report: ConversionReport?) {
        var modules = moduleConverter()
        return try convert(image, &modules)
    }

    /// Converts what was found in a file.
    ///
    /// - Parameter image: a vmlinux, a module, or the kernel of a boot image.
    /// - Returns: its BTF in canonical form, and what the conversion read where it was from DWARF.
    /// - Throws: `ConversionError`, `DWARFError` or `ELFError`, each naming the file.
    public func convert(_ image: UnpackedImage) throws -> (btf: BTF, report: ConversionReport?) {
        var modules = moduleConverter()
        return try convert(image, &modules)
    }

    /// What converts modules' DWARF over the base; nil where there is none.
    func moduleConverter() -> ModuleConverter? {
        guard let preparedBase else { return nil }
        return ModuleConverter(base: preparedBase, options: options)
    }

    /// Converts what was found in a file, with what converts modules' DWARF.
    func convert(
        _ image: UnpackedImage,
        _ modules: inout ModuleConverter?
    ) throws -> (btf: BTF, report: ConversionReport?) {
        switch image.contents {
        case .elf(let elf): return try convert(elf, &modules)
        case .types(let types):
            guard source != .dwarf else { throw ConversionError.noTypes(file: image.name, source: source) }
            guard base == nil else { throw ConversionError.needlessBase(file: image.name) }
            return (try canonical(types, of: image.name), nil)
        }
    }

    /// The BTF that an image carries, as the kernel's build made it: the base of the kernel's modules.
    ///
    /// - Parameter image: a vmlinux, or the kernel of a boot image.
    /// - Returns: the BTF, not in canonical form.
    /// - Throws: `ConversionError` or `ELFError`, each naming the file.
    public static func embeddedTypes(of image: UnpackedImage) throws -> BTF {
        switch image.contents {
        case .elf(let elf): try BTFSection(of: elf).types(over: nil)
        case .types(let types): types
        }
    }

    private func hasDWARF(_ image: ELFFile) -> Bool { image.debugSection(named: ".debug_info") != nil }

    private func convert(
        _ image: ELFFile,
        _ modules: inout ModuleConverter?
    ) throws -> (btf: BTF, report: ConversionReport?) {
        switch source {
        case .btf:
            return (try fromSection(image), nil)
        case .dwarf:
            guard hasDWARF(image) else { throw ConversionError.noTypes(file: image.name, source: source) }
            return try fromDWARF(image, &modules)
        case .auto:
            return hasDWARF(image) ? try fromDWARF(image, &modules) : (try fromSection(image), nil)
        }
    }

    private func fromDWARF(
        _ image: ELFFile,
        _ modules: inout ModuleConverter?
    ) throws -> (btf: BTF, report: ConversionReport?) {
        guard preparedBase == nil || image.header.kind == .relocatable else {
            throw ConversionError.needlessBase(file: image.name)
        }
        return try modules?.convert(image) ?? DWARFConverter(options: options).convert(image)
    }

    private func fromSection(_ image: ELFFile) throws -> BTF {
        guard image.section(named: ".BTF") != nil else {
            throw ConversionError.noTypes(file: image.name, source: source)
        }
        return try canonical(BTFSection(of: image).types(over: base), of: image.name)
    }

    private func canonical(_ types: BTF, of file: String) throws -> BTF {
        do {
            return try types.canonicalized()
        } catch {
            throw ConversionError.badSection(file: file, error)
        }
    }
}
