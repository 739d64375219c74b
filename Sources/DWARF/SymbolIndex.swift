import ELF

/// What a conversion needs of the symbol table: which functions there are, and the per-CPU variables.
struct SymbolIndex: Sendable {
    /// A per-CPU variable's symbol.
    struct PerCPUSymbol: Sendable {
        let name: Fingerprint
        let size: UInt32
    }

    /// The names of all functions; nil where there are none.
    let functions: FingerprintTable?
    /// Per-CPU symbols by their offset in the section.
    let perCPU: [UInt64: [PerCPUSymbol]]
    /// Where the per-CPU section starts; 0 where there is none.
    let perCPUAddress: UInt64
    /// How many bytes it has.
    let perCPUSize: UInt64

    /// The name of the section of per-CPU variables.
    static let perCPUSection = ".data..percpu"

    /// Indexes the symbols of a file.
    ///
    /// - Parameters:
    ///   - elf: the file.
    ///   - symbols: its symbols.
    ///   - relocator: what gives its sections addresses, when it is relocatable.
    init(_ elf: ELFFile, _ symbols: [ELFSymbol], _ relocator: Relocator) {
        let section = elf.section(named: SymbolIndex.perCPUSection)
        let base = section.map { relocator.addresses[$0.index] } ?? 0
        // A module has a few dozen functions, a kernel tens of thousands.
        var functions = FingerprintTable(capacity: symbols.count > 1 << 14 ? 1 << 17 : 1 << 8)
        var perCPU: [UInt64: [PerCPUSymbol]] = [:]
        for symbol in symbols {
            if symbol.kind == .function {
                let name = Fingerprint(of: symbol.name)
                if functions.value(for: name) == 0 { functions.insert(name, 1) }
            } else if symbol.kind == .object, symbol.size > 0, let section, symbol.sectionIndex == section.index {
                let offset = elf.header.kind == .relocatable ? symbol.value : symbol.value &- base
                perCPU[offset, default: []].append(
                    PerCPUSymbol(name: Fingerprint(of: symbol.name), size: UInt32(clamping: symbol.size))
                )
            }
        }
        self.functions = functions.count == 0 ? nil : functions
        self.perCPU = perCPU
        perCPUAddress = base
        perCPUSize = section?.size ?? 0
    }
}

extension Fingerprint {
    /// The fingerprint of a string, equal to that of the same bytes in a section.
    init(of string: String) { self.init(of: string.utf8) }

    /// The fingerprint of a string's bytes.
    init(of bytes: some Collection<UInt8>) {
        self.init(seed: UInt64(bytes.count))
        var word: UInt64 = 0
        var index = 0
        for byte in bytes {
            word |= UInt64(byte) << UInt64(8 * (index & 7))
            index += 1
            if index & 7 == 0 {
                mix(word, UInt64(index - 8))
                word = 0
            }
        }
        if index & 7 != 0 { mix(word, UInt64(index & ~7)) }
    }
}
