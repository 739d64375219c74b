import BTF

/// Finds the instructions of a function that can run, when some of its instructions are known to give a value.
///
/// Registers hold a number that is known or nothing that is known; memory, calls and arguments give nothing that is
/// known. Branches whose condition is known are followed one way. The verifier does the same and knows more, so that what
/// cannot run here is dead code there too.
struct ConstantPropagation {
    let instructions: [BPFInstruction]
    /// Instructions whose immediate a loader writes, by their index.
    let patched: Set<Int>

    /// The registers before an instruction; nil for what is not known.
    private typealias Registers = [UInt64?]

    /// Walks the function from its first instruction.
    ///
    /// - Parameters:
    ///   - known: the value that patched instructions put into their register, by their index.
    ///   - budget: how many instructions may be looked at, which is counted down.
    /// - Returns: for each instruction whether it can run, or nil when the budget does not suffice.
    func reachable(assuming known: [Int: UInt64], budget: inout Int) -> [Bool]? {
        var states: [Registers?] = Array(repeating: nil, count: instructions.count)
        guard !instructions.isEmpty else { return [] }
        states[0] = Array(repeating: nil, count: 16)
        var waiting = [0]
        while let index = waiting.popLast() {
            budget -= 1
            guard budget > 0 else { return nil }
            guard var registers = states[index] else { continue }
            execute(index, assuming: known, &registers)
            for next in successors(of: index, registers: states[index] ?? registers)
            where instructions.indices.contains(next) && merge(registers, into: &states[next]) { waiting.append(next) }
        }
        return states.map { $0 != nil }
    }

    /// Joins what two ways to an instruction know; returns whether that is news.
    private func merge(_ registers: Registers, into state: inout Registers?) -> Bool {
        guard let old = state else {
            state = registers
            return true
        }
        let joined = zip(old, registers).map { $0 == $1 ? $0 : nil }
        state = joined
        return joined != old
    }

    private func execute(_ index: Int, assuming known: [Int: UInt64], _ registers: inout Registers) {
        let instruction = instructions[index]
        switch instruction.class {
        case .arithmetic, .arithmetic32:
            let is32 = instruction.class == .arithmetic32
            let value = patched.contains(index) ? known[index] : result(of: instruction, registers, is32: is32)
            registers[instruction.destination] = value.map { is32 ? $0 & 0xffff_ffff : $0 }
        case .load: registers[instruction.destination] = instruction.isWide ? known[index] : nil
        case .loadRegister: registers[instruction.destination] = nil
        case .jump where instruction.operation == 8:
            for register in 0...5 { registers[register] = nil }
        // Atomic operations may fetch the old value into the source register, or into r0.
        case .storeRegister:
            guard instruction.opcode & 0xe0 == 0xc0 else { return }
            registers[0] = nil
            registers[instruction.source] = nil
        case .store, .jump, .jump32: return
        }
    }

    private func result(of instruction: BPFInstruction, _ registers: Registers, is32: Bool) -> UInt64? {
        let (left, right) = (registers[instruction.destination], operand(of: instruction, registers))
        let bits: UInt64 = is32 ? 32 : 64
        func combined(_ body: (UInt64, UInt64) -> UInt64) -> UInt64? {
            guard let left, let right else { return nil }
            return body(left, right)
        }
        switch instruction.operation {
        case 0x0: return combined(&+)
        case 0x1: return combined(&-)
        case 0x2: return combined(&*)
        case 0x4: return combined(|)
        case 0x5: return combined(&)
        case 0x6: return combined { $0 << ($1 & (bits - 1)) }
        case 0x7: return combined { (is32 ? $0 & 0xffff_ffff : $0) >> ($1 & (bits - 1)) }
        case 0xa: return combined(^)
        // A move with an offset extends the sign of a part.
        case 0xb: return instruction.offset == 0 ? right : nil
        default: return nil
        }
    }

    private func operand(of instruction: BPFInstruction, _ registers: Registers) -> UInt64? {
        instruction.usesSource
            ? registers[instruction.source] : UInt64(bitPattern: Int64(instruction.immediate))
    }

    private func successors(of index: Int, registers: Registers) -> [Int] {
        let instruction = instructions[index]
        let next = index + (instruction.isWide ? 2 : 1)
        guard instruction.class == .jump || instruction.class == .jump32 else { return [next] }
        switch instruction.operation {
        case 0x0:
            let distance = instruction.class == .jump32 ? Int(instruction.immediate) : instruction.offset
            return [next + distance]
        case 0x8: return [next]
        case 0x9: return []
        default:
            let target = next + instruction.offset
            guard let isTaken = condition(of: instruction, registers) else { return [next, target] }
            return [isTaken ? target : next]
        }
    }

    /// Whether a branch is taken, or nil when that is not known.
    private func condition(of instruction: BPFInstruction, _ registers: Registers) -> Bool? {
        guard var left = registers[instruction.destination], var right = operand(of: instruction, registers) else {
            return nil
        }
        var (signedLeft, signedRight) = (Int64(bitPattern: left), Int64(bitPattern: right))
        if instruction.class == .jump32 {
            (left, right) = (left & 0xffff_ffff, right & 0xffff_ffff)
            signedLeft = Int64(Int32(truncatingIfNeeded: left))
            signedRight = Int64(Int32(truncatingIfNeeded: right))
        }
        switch instruction.operation {
        case 0x1: return left == right
        case 0x2: return left > right
        case 0x3: return left >= right
        case 0x4: return left & right != 0
        case 0x5: return left != right
        case 0x6: return signedLeft > signedRight
        case 0x7: return signedLeft >= signedRight
        case 0xa: return left < right
        case 0xb: return left <= right
        case 0xc: return signedLeft < signedRight
        case 0xd: return signedLeft <= signedRight
        default: return nil
        }
    }
}
