/// One entry of an ELF file's section table.
public struct ELFSection: Hashable, Sendable {
    /// What a section holds (`sh_type`).
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The number in the section header.
        public let rawValue: UInt32
        /// Wraps the number in the section header.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// No section at all (`SHT_NULL`).
        public static let null = Kind(rawValue: 0)
        /// The program's own bytes (`SHT_PROGBITS`).
        public static let programBits = Kind(rawValue: 1)
        /// A symbol table (`SHT_SYMTAB`).
        public static let symbolTable = Kind(rawValue: 2)
        /// Strings of another section (`SHT_STRTAB`).
        public static let stringTable = Kind(rawValue: 3)
        /// Relocations with addends (`SHT_RELA`).
        public static let relocationsWithAddends = Kind(rawValue: 4)
        /// Notes (`SHT_NOTE`).
        public static let note = Kind(rawValue: 7)
        /// Zeros that take no room in the file (`SHT_NOBITS`).
        public static let noBits = Kind(rawValue: 8)
        /// Relocations whose addend is in the place they patch (`SHT_REL`).
        public static let relocations = Kind(rawValue: 9)
    }

    /// What may be done with a section (`sh_flags`).
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits in the section header.
        public let rawValue: UInt64
        /// Wraps the bits in the section header.
        public init(rawValue: UInt64) { self.rawValue = rawValue }
        /// Written at run time (`SHF_WRITE`).
        public static let write = Flags(rawValue: 1)
        /// In memory at run time (`SHF_ALLOC`).
        public static let allocated = Flags(rawValue: 2)
        /// Machine code (`SHF_EXECINSTR`).
        public static let executable = Flags(rawValue: 4)
        /// A member of a group, of which a linker keeps one (`SHF_GROUP`).
        public static let grouped = Flags(rawValue: 0x200)
        /// Compressed, with a compression header in front (`SHF_COMPRESSED`).
        public static let compressed = Flags(rawValue: 0x800)
    }

    /// The section's place in the section table, which symbols and relocations refer to.
    public let index: Int
    /// The section's name; empty where it has none.
    public let name: String
    /// What it holds.
    public let kind: Kind
    /// What may be done with it.
    public let flags: Flags
    /// Where it is at run time, or 0.
    public let address: UInt64
    /// Where its bytes start in the file.
    public let offset: UInt64
    /// How many bytes it has, in the file's own form: compressed, where it is compressed.
    public let size: UInt64
    /// The index of a section it needs; for a symbol table, its strings (`sh_link`).
    public let link: Int
    /// More by kind; for relocations, the index of the section they patch (`sh_info`).
    public let info: Int
    /// How many bytes an entry of a table has, or 0 (`sh_entsize`).
    public let entrySize: UInt64
}
