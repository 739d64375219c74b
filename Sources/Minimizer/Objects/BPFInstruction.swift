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
    /// Whether the instruction does nothing but put its immediate into a register.
    var isConstantLoad: Bool {
        isWide || ((self.class == .arithmetic || self.class == .arithmetic32) && operation == 0xb && !usesSource)
    }
    /// Whether another instruction than the next may follow, or a call clobbers registers.
    var isJump: Bool { self.class == .jump || self.class == .jump32 }

    /// Whether the instruction's result depends on a register; a call may take any of its arguments.
    func reads(_ register: Int) -> Bool {
        switch self.class {
        case .load: false
        case .loadRegister: source == register
        case .store: destination == register
        case .storeRegister: destination == register || source == register
        case .arithmetic, .arithmetic32:
            // A move reads its source alone, and the order of bytes is no operand.
            (destination == register && operation != 0xb) || (source == register && usesSource && operation != 0xd)
        case .jump, .jump32:
            switch operation {
            case 0x0: false
            case 0x8: (1...5).contains(register)
            case 0x9: register == 0
            default: destination == register || (source == register && usesSource)
            }
        }
    }

    /// Whether the instruction gives a register another value; of calls see `isJump`.
    func writes(_ register: Int) -> Bool {
        switch self.class {
        case .load, .loadRegister, .arithmetic, .arithmetic32: destination == register
        case .store, .storeRegister, .jump, .jump32: false
        }
    }
}
