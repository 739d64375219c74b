import ELF

/// The registers in which a machine's calling convention passes the first parameters, as pahole 1.30 knows them.
///
/// A function that takes a parameter elsewhere was changed by the compiler, and a BPF program that is attached to it
/// would read something else: pahole leaves it out (its `optimized_func`). For machines that are not listed, pahole
/// expects nothing and leaves nothing out.
struct ParameterRegisters: BitwiseCopyable, Sendable {
    /// DW_OP_reg* by the parameter's number; 0 for none.
    private let operations: UInt64

    /// Whether anything is expected of the machine.
    var isKnown: Bool { operations != 0 }

    /// Lists the registers of a machine, in DWARF's numbers.
    init(of machine: ELFHeader.Machine) {
        let registers: [UInt64] =
            switch machine {
            case .amd64: [5, 4, 1, 2, 8, 9]
            // pahole takes eight registers for 32-bit ARM as well, which has four.
            case .arm, .aarch64: [0, 1, 2, 3, 4, 5, 6, 7]
            case .s390: [2, 3, 4, 5, 6]
            default: []
            }
        var operations: UInt64 = 0
        for (index, register) in registers.enumerated() {
            operations |= (Operation.registers.lowerBound + register) << UInt64(8 * index)
        }
        self.operations = operations
    }

    /// The operation that names the register of a parameter, or 0 where it is not in a register.
    @inline(__always)
    func operation(ofParameter index: Int) -> UInt64 {
        index < 8 ? operations &>> UInt64(8 &* index) & 0xff : 0
    }
}
