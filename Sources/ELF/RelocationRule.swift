/// What a relocation of a debug section does: it writes a symbol's value and an addend in so many bytes.
///
/// Debug information refers to other debug sections and to addresses, and needs no more than a machine's plain data
/// relocations, and the sums and differences that RISC-V and LoongArch have instead of fixed lengths. These are the
/// ones that libdw applies (elfutils' `reloc_simple_type` of each backend).
struct RelocationRule: Hashable, Sendable {
    enum Operation: Sendable {
        /// The place becomes the value.
        case set
        /// The value is added to the place.
        case add
        /// The value is subtracted from the place.
        case subtract
        /// The place stays as it is.
        case none
    }

    let operation: Operation
    /// How many bytes the place has: 1, 2, 4 or 8.
    let width: Int

    init(_ operation: Operation, _ width: Int) {
        self.operation = operation
        self.width = width
    }

    /// The rule of each relocation type of a machine, by the type's number; empty for a machine that is not known.
    static func rules(of machine: ELFHeader.Machine) -> [UInt32: RelocationRule] {
        /// Types that set 1, 2, 4 and 8 bytes; 0 stands for none.
        func plain(_ one: UInt32, _ two: UInt32, _ four: [UInt32], _ eight: [UInt32]) -> [UInt32: RelocationRule] {
            var rules: [UInt32: RelocationRule] = [:]
            if one != 0 { rules[one] = RelocationRule(.set, 1) }
            if two != 0 { rules[two] = RelocationRule(.set, 2) }
            for kind in four { rules[kind] = RelocationRule(.set, 4) }
            for kind in eight { rules[kind] = RelocationRule(.set, 8) }
            rules[0] = RelocationRule(.none, 1)
            return rules
        }
        switch machine {
        case .i386: return plain(22, 20, [1], [])
        case .ppc64: return plain(0, 3, [1, 24], [38, 43])
        case .s390: return plain(1, 3, [4], [22])
        case .arm: return plain(8, 5, [2], [])
        case .amd64: return plain(14, 12, [10, 11], [1])
        case .aarch64: return plain(0, 259, [258], [257])
        case .riscv:
            return plain(54, 55, [1, 56], [2]).merging(differences(add: [33, 34, 35, 36], [37, 38, 39, 40])) { $1 }
        case .loongarch:
            return plain(0, 0, [1], [2]).merging(differences(add: [47, 48, 50, 51], [52, 53, 55, 56])) { $1 }
        default: return [:]
        }
    }

    /// Types that add to and subtract from 1, 2, 4 and 8 bytes.
    private static func differences(add: [UInt32], _ subtract: [UInt32]) -> [UInt32: RelocationRule] {
        var rules: [UInt32: RelocationRule] = [:]
        for (index, width) in [1, 2, 4, 8].enumerated() {
            rules[add[index]] = RelocationRule(.add, width)
            rules[subtract[index]] = RelocationRule(.subtract, width)
        }
        return rules
    }
}
