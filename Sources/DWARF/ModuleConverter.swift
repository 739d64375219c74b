public import BTF
public import ELF

/// Converts modules of one kernel, one after the other, to BTF that is split over the kernel's.
///
/// Types that the base has are references to the base's; only a module's own are written. A module that shares nothing
/// with the base, because it is another kernel's or another compiler's, gives BTF all the same: the report says how many
/// types the base had.
///
/// Modules repeat the same headers, so that what was read for one is remembered for the next. What comes of a module does
/// not depend on those before it.
public struct ModuleConverter: ~Copyable {
    private let base: PreparedBase
    private let converter: DWARFConverter
    private var memory: TypeMemory?

    /// Makes a converter.
    ///
    /// - Parameters:
    ///   - base: the kernel's BTF, prepared.
    ///   - options: how conversions are to be done; a module is read on one thread.
    public init(base: PreparedBase, options: DWARFConverter.Options = .init()) {
        self.base = base
        converter = DWARFConverter(options: options)
    }

    /// Converts a module's DWARF.
    ///
    /// - Parameter elf: the module, with relocations still to be applied as a rule.
    /// - Returns: the BTF in canonical form, its ids after the base's, and what was read and left out.
    /// - Throws: `DWARFError` naming section and offset when the DWARF or its relocations are damaged, when there is no
    ///   DWARF, and when the base's byte order is another one.
    public mutating func convert(_ elf: ELFFile) throws(DWARFError) -> (btf: BTF, report: ConversionReport) {
        guard base.btf.byteOrder == ByteOrder(elf.header.byteOrder) else {
            let reason = "its byte order differs from the base's; give its own kernel's BTF"
            throw DWARFError(.unsupported, file: elf.name, reason: reason)
        }
        if memory?.isFull ?? true { memory = TypeMemory(over: base) }
        return try converter.convert(elf, over: base, remembering: &memory)
    }
}
