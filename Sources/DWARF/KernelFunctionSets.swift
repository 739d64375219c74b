import ELF

/// The functions that a kernel or a module offers to BPF programs: its sets of kfuncs in .BTF_ids.
///
/// A set is a symbol `__BTF_ID__set8__NAME` whose second word has a flag since Linux 6.8; for each of its functions a
/// symbol `__BTF_ID__func__NAME__NUMBER` stands on a pair of words, the second one of which has the function's flags
/// (the kernel's `include/linux/btf_ids.h`).
struct KernelFunctionSets: Sendable {
    /// By the fingerprint of a function's name, its flags.
    private(set) var flags: [Fingerprint: UInt32] = [:]

    /// The tag of each of the functions.
    static let tag = "bpf_kfunc"
    /// The tag of those that leave registers alone.
    static let fastCallTag = "bpf_fastcall"
    /// The flag of those (KF_FASTCALL).
    static let fastCallFlag: UInt32 = 1 << 12

    /// BTF_SET8_KFUNCS.
    private static let setFlag: UInt32 = 1
    private static let setPrefix = "__BTF_ID__set8__"
    private static let functionPrefix = "__BTF_ID__func__"

    /// Reads the sets.
    ///
    /// - Parameters:
    ///   - elf: the file.
    ///   - symbols: its symbols.
    /// - Throws: `ELFError` when the section is damaged; a symbol that stands elsewhere counts for nothing.
    init(_ elf: ELFFile, _ symbols: [ELFSymbol]) throws(ELFError) {
        guard let section = elf.section(named: ".BTF_ids") else { return }
        let bytes = try elf.contents(of: section).bytes
        let base = elf.header.kind == .relocatable ? 0 : section.address
        func word(_ offset: UInt64) -> UInt32? {
            guard offset <= UInt64(bytes.count), UInt64(bytes.count) - offset >= 4 else { return nil }
            let four = bytes[Int(offset)..<Int(offset) + 4]
            let isBig = elf.header.byteOrder == .big
            return (isBig ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
        }
        var sets: [Range<UInt64>] = []
        var functions: [(name: Substring, offset: UInt64)] = []
        for symbol in symbols where symbol.sectionIndex == section.index {
            let offset = symbol.value &- base
            if symbol.name.hasPrefix(Self.setPrefix) {
                guard offset <= UInt64(bytes.count), let flags = word(offset &+ 4), flags & Self.setFlag != 0 else {
                    continue
                }
                sets.append(offset..<offset + min(symbol.size, UInt64(bytes.count)))
            } else if let name = Self.functionName(symbol.name) {
                functions.append((name, offset))
            }
        }
        sets.sort { $0.lowerBound < $1.lowerBound }
        for function in functions {
            guard let set = sets.last(startingBy: function.offset), set.contains(function.offset),
                let flags = word(function.offset &+ 4)
            else { continue }
            self.flags[Fingerprint(of: function.name.utf8), default: 0] |= flags
        }
    }

    /// The function that a symbol stands for: what is between the prefix and the last two underscores.
    private static func functionName(_ symbol: String) -> Substring? {
        guard symbol.hasPrefix(functionPrefix) else { return nil }
        let name = symbol.dropFirst(functionPrefix.count)
        guard let end = name.lastIndex(of: "_"), end > name.startIndex else { return nil }
        let before = name.index(before: end)
        return name[before] == "_" && before > name.startIndex ? name[..<before] : nil
    }
}

extension [Range<UInt64>] {
    /// The last range that does not start behind an offset, in ranges that are sorted by their starts.
    fileprivate func last(startingBy offset: UInt64) -> Range<UInt64>? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : self[low - 1]
    }
}
