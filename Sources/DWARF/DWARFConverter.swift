public import BTF
public import ELF

/// Converts the debug information of a kernel to BTF, as pahole does it: all C types of all compilation units, each
/// once, with forward declarations resolved; functions with their prototypes; per-CPU variables with their section.
public struct DWARFConverter: Sendable {
    /// Kinds of BTF that old consumers do not understand.
    public struct Features: OptionSet, Hashable, Sendable {
        /// The set's bits.
        public let rawValue: UInt32
        /// Makes a set from its bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// Floating point numbers are FLOAT; without it they are INT, as pahole wrote them before 1.21.
        public static let float = Features(rawValue: 1)
        /// Enumerations with values over 32 bits are ENUM64, and those with negative values say that they are signed;
        /// without it all are ENUM, unsigned, and their values are cut.
        public static let enumeration64 = Features(rawValue: 2)
        /// clang's attribute btf_decl_tag is DECL_TAG; without it, it is left out.
        public static let declarationTag = Features(rawValue: 4)
        /// clang's attribute btf_type_tag is TYPE_TAG; without it, it is left out.
        public static let typeTag = Features(rawValue: 8)
        /// The functions that a kernel offers to BPF programs have the DECL_TAG `bpf_kfunc`, and those that leave
        /// registers alone `bpf_fastcall`, where .BTF_ids says so (Linux 6.8 and later); needs `declarationTag`.
        public static let kernelFunctionTag = Features(rawValue: 16)
        /// All of them.
        public static let all: Features = [.float, .enumeration64, .declarationTag, .typeTag, .kernelFunctionTag]
    }

    /// How a conversion is to be done.
    public struct Options: Sendable {
        /// How many threads to use. The result does not depend on it.
        public var threads: Int
        /// The kinds that may appear.
        public var features: Features
        /// How many bytes a compressed debug section may have when it is decompressed.
        public var sectionSizeLimit: Int
        /// Where the supplementary file is that `dwz -m` has made.
        public var supplement: SupplementaryPlace

        /// Sets out how a conversion is to be done.
        ///
        /// - Parameters:
        ///   - threads: how many threads to use, at least 1.
        ///   - features: the kinds that may appear.
        ///   - sectionSizeLimit: how many bytes a compressed debug section may have when it is decompressed.
        ///   - supplement: where the supplementary file is that `dwz -m` has made.
        public init(
            threads: Int = 1,
            features: Features = .all,
            sectionSizeLimit: Int = 4 << 30,
            supplement: SupplementaryPlace = .linked
        ) {
            self.threads = max(threads, 1)
            self.features = features
            self.sectionSizeLimit = sectionSizeLimit
            self.supplement = supplement
        }
    }

    /// How conversions are done.
    public var options: Options

    /// Makes a converter.
    ///
    /// - Parameter options: how conversions are to be done.
    public init(options: Options = Options()) { self.options = options }

    /// Converts a file's DWARF.
    ///
    /// - Parameter elf: a vmlinux, or another linked file; a relocatable one stands alone here, see ``ModuleConverter``.
    /// - Returns: the BTF in canonical form, and what was read and left out.
    /// - Throws: `DWARFError` naming section and offset when the DWARF is damaged, and when there is none.
    public func convert(_ elf: ELFFile) throws(DWARFError) -> (btf: BTF, report: ConversionReport) {
        var nothing: TypeMemory?
        return try convert(elf, over: nil, remembering: &nothing)
    }

    /// Converts a module's DWARF to BTF that is split over its kernel's; see ``ModuleConverter``, which does the same
    /// for many.
    ///
    /// - Parameters:
    ///   - elf: the module, with relocations still to be applied as a rule.
    ///   - base: its kernel's BTF, prepared.
    /// - Returns: the BTF in canonical form, its ids after the base's, and what was read and left out.
    /// - Throws: as ``ModuleConverter/convert(_:)`` does.
    public func convert(
        _ elf: ELFFile,
        base: PreparedBase
    ) throws(DWARFError) -> (btf: BTF, report: ConversionReport) {
        var converter = ModuleConverter(base: base, options: options)
        return try converter.convert(elf)
    }

    func convert(
        _ elf: ELFFile,
        over base: PreparedBase?,
        remembering memory: inout TypeMemory?
    ) throws(DWARFError) -> (btf: BTF, report: ConversionReport) {
        let table: [ELFSymbol]
        let kernelFunctions: KernelFunctionSets
        let supplement: SupplementaryFile
        do throws(ELFError) {
            table = try elf.symbols()
            kernelFunctions = try KernelFunctionSets(elf, table)
            supplement = try SupplementaryFile(of: elf, at: options.supplement)
        } catch {
            throw DWARFError(error)
        }
        let relocator = Relocator(elf, symbols: table)
        let sections = try DebugSections(elf, relocator, supplement: supplement, limit: options.sectionSizeLimit)
        let symbols = SymbolIndex(elf, table, relocator)
        let gathering = UnitGathering(sections, symbols, threads: options.threads)
        let gathered = try gathering.gather(remembering: &memory)
        let emission = Emission(gathered, symbols, registerSize: elf.header.addressSize)
        let matching = base.map { BaseMatching(gathered, emission.bindings, over: $0) }
        var emitter = BTFEmitter(
            byteOrder: ByteOrder(elf.header.byteOrder),
            features: options.features,
            base: base
        )
        let canonical: BTF
        let report: ConversionReport
        do throws(BTFError) {
            let btf = try emitter.emit(
                gathered.pool,
                emission.bindings,
                matching,
                emission.functions,
                emission.variables,
                gathered.tags,
                kernelFunctions
            )
            let shared = matching?.matches.count { $0 != 0 } ?? 0
            report = ConversionReport(gathered, emission, types: btf.typeCount, sharedTypes: shared)
            canonical = try btf.canonicalized()
        } catch {
            throw DWARFError(.notExpressible, file: elf.name, reason: "its types are no BTF: \(error)")
        }
        // Damaged DWARF can say what is no C; nothing is written that the kernel or libbpf would refuse.
        if let finding = canonical.verify(over: base?.layout, limit: 1).first {
            throw DWARFError(.notExpressible, file: elf.name, reason: "its types are no BTF: \(finding)")
        }
        return (canonical, report)
    }
}

extension ByteOrder {
    init(_ order: ELFHeader.ByteOrder) { self = order == .little ? .littleEndian : .bigEndian }
}
