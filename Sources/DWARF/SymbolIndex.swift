import ELF

/// What a conversion needs of the symbol table: which functions there are, and the per-CPU variables.
struct SymbolIndex: Sendable {
    /// A per-CPU variable's symbol.
    struct PerCPUSymbol: Sendable {
        let name: Fingerprint
        let size: UInt32
    }

    /// What the symbols of a function's name tell.
    enum FunctionState: UInt32 {
        /// There is none.
        case absent = 1
        /// There is one of just that name.
        case asWritten = 2
        /// There is one with a suffix (`.isra.0`), perhaps beside one without: the compiler has changed the function.
        case changed = 3
    }

    /// The names of all functions, each with the number of a ``FunctionState``; nil where there are none.
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
        var changed = FingerprintTable(capacity: 1 << 8)
        for symbol in symbols {
            if symbol.kind == .function {
                let name = Fingerprint(of: symbol.name)
                if functions.value(for: name) == 0 { functions.insert(name, FunctionState.asWritten.rawValue) }
                if let dot = symbol.name.utf8.firstIndex(of: UInt8(ascii: ".")) {
                    let plain = Fingerprint(of: symbol.name.utf8[..<dot])
                    if changed.value(for: plain) == 0 { changed.insert(plain, FunctionState.changed.rawValue) }
                }
            } else if symbol.kind == .object, symbol.size > 0, let section, symbol.sectionIndex == section.index {
                let offset = elf.header.kind == .relocatable ? symbol.value : symbol.value &- base
                perCPU[offset, default: []].append(
                    PerCPUSymbol(name: Fingerprint(of: symbol.name), size: UInt32(clamping: symbol.size))
                )
            }
        }
        changed.forEach { functions.set($0.key, $0.value) }
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
