/// One entry of a section of relocations: what a linker or loader writes where.
public struct ELFRelocation: Hashable, Sendable {
    /// The patched place, in bytes from the start of the patched section (in a relocatable file), or its address.
    public let offset: UInt64
    /// The index in the symbol table of the symbol whose value is written.
    public let symbolIndex: Int
    /// How it is written: a number whose meaning depends on the machine (`R_BPF_64_64`, `R_X86_64_32`, …).
    public let kind: UInt32
    /// What is added to the symbol's value; nil where the addend stands in the patched place (`SHT_REL`).
    public let addend: Int64?
}
