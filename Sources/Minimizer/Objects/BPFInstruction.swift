import BTF

/// One instruction of a BPF program, of 8 bytes.
///
/// Source: the kernel's `Documentation/bpf/standardization/instruction-set.rst`.
struct BPFInstruction {
    let opcode: UInt8
    let destination: Int
    let source: Int
    let offset: Int
    let immediate: Int32

    static let size = 8

    /// Reads an instruction; the two register fields change places with the byte order.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int, _ order: ByteOrder) {
        let offset = bytes.loadUnaligned(fromByteOffset: position + 2, as: UInt16.self)
        let immediate = bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self)
        let (low, high) = (Int(bytes[position + 1] & 15), Int(bytes[position + 1] >> 4))
        opcode = bytes[position]
        switch order {
        case .littleEndian:
            (destination, source) = (low, high)
            self.offset = Int(Int16(bitPattern: UInt16(littleEndian: offset)))
            self.immediate = Int32(bitPattern: UInt32(littleEndian: immediate))
        case .bigEndian:
            (destination, source) = (high, low)
            self.offset = Int(Int16(bitPattern: UInt16(bigEndian: offset)))
            self.immediate = Int32(bitPattern: UInt32(bigEndian: immediate))
        }
    }

    /// The class of an instruction: the three low bits of its opcode.
    enum Class: UInt8 {
        case load, loadRegister, store, storeRegister, arithmetic32, jump, jump32, arithmetic
    }

    var `class`: Class { Class(rawValue: opcode & 7) ?? .load }
    /// What an arithmetic or jump instruction does: the four high bits of its opcode.
    var operation: UInt8 { opcode >> 4 }
    /// Whether the second operand is a register and not the immediate.
    var usesSource: Bool { opcode & 8 != 0 }
    /// Whether the instruction and the one behind it load 64 bits together.
    var isWide: Bool { opcode == 0x18 }
}
