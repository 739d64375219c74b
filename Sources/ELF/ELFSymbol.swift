/// One entry of an ELF file's symbol table.
public struct ELFSymbol: Hashable, Sendable {
    /// What a symbol stands for (`STT_*`).
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The low four bits of `st_info`.
        public let rawValue: UInt8
        /// Wraps the low four bits of `st_info`.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Not said.
        public static let none = Kind(rawValue: 0)
        /// A variable.
        public static let object = Kind(rawValue: 1)
        /// A function.
        public static let function = Kind(rawValue: 2)
        /// A section.
        public static let section = Kind(rawValue: 3)
        /// A source file.
        public static let file = Kind(rawValue: 4)
    }

    /// Who can see a symbol (`STB_*`).
    public struct Binding: RawRepresentable, Hashable, Sendable {
        /// The high four bits of `st_info`.
        public let rawValue: UInt8
        /// Wraps the high four bits of `st_info`.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// This file only.
        public static let local = Binding(rawValue: 0)
        /// Every file.
        public static let global = Binding(rawValue: 1)
        /// Every file, and another's definition wins.
        public static let weak = Binding(rawValue: 2)
    }

    /// Where a symbol is.
    public enum Place: Hashable, Sendable {
        /// Not in this file (`SHN_UNDEF`).
        case undefined
        /// At an address of its own (`SHN_ABS`).
        case absolute
        /// In memory that the linker will give out (`SHN_COMMON`).
        case common
        /// In the section with this index.
        case section(Int)
    }

    /// The symbol's place in the symbol table, which relocations refer to.
    public let index: Int
    /// The symbol's name; empty where it has none.
    public let name: String
    /// Its address; in a relocatable file, its offset in its section.
    public let value: UInt64
    /// How many bytes it covers, or 0.
    public let size: UInt64
    /// Where it is.
    public let place: Place
    /// What it stands for.
    public let kind: Kind
    /// Who can see it.
    public let binding: Binding

    /// The index of the section it is in, or nil.
    public var sectionIndex: Int? {
        guard case .section(let index) = place else { return nil }
        return index
    }
}
