import BTF

/// Which source lines instructions are of.
///
/// An entry of the line info holds from its instruction until the next entry. LLVM writes none for an instruction that has
/// no place in the source, save for a function's first: that one gets the function's own line, and column 0
/// (`BTFDebug::beginInstruction`). The constants that relocations patch have no place: LLVM makes them where their value is
/// needed, and what stands before them in the line info is the line before. The line of what reads such a constant is the
/// line that it is for.
extension ObjectCode {
    /// How far behind a constant its reader is looked for, in instructions.
    private static let reach = 32

    /// The entry for the instruction at an offset in a section; nil where the line info has none.
    func line(at offset: UInt32, in section: String) -> BTFExtension.LineRecord? {
        let entry = entry(at: offset, in: section)
        if let entry, entry.instructionOffset == offset, entry.column > 0 { return entry }
        guard let reader = readerOfConstant(at: offset, in: section),
            let other = self.entry(at: reader, in: section), other.instructionOffset > offset
        else { return entry }
        return other
    }

    /// The instruction that reads the constant that is loaded at an offset, before any jump leads elsewhere.
    private func readerOfConstant(at offset: UInt32, in section: String) -> UInt32? {
        guard let function = functionRange(around: offset, in: section) else { return nil }
        let size = BPFInstruction.size
        let end = min(function.upperBound, Int(offset) + (Self.reach + 2) * size)
        let code = instructions(in: Int(offset)..<max(Int(offset), end), of: section)
        guard let constant = code.first, constant.isConstantLoad else { return nil }
        for index in code.indices.dropFirst(constant.isWide ? 2 : 1) {
            if code[index].reads(constant.destination) { return offset + UInt32(index * size) }
            if code[index].isJump || code[index].writes(constant.destination) { return nil }
        }
        return nil
    }
}
