/// What the first bytes of an ELF file say about the rest of it.
public struct ELFHeader: Hashable, Sendable {
    /// Whether addresses have 4 or 8 bytes (`EI_CLASS`).
    public enum Class: Hashable, Sendable {
        /// 4-byte addresses.
        case bits32
        /// 8-byte addresses.
        case bits64
    }

    /// The order of the bytes in a number (`EI_DATA`).
    public enum ByteOrder: Hashable, Sendable {
        /// The least significant byte first.
        case little
        /// The most significant byte first.
        case big
    }

    /// What the file is for (`e_type`).
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The number in the header.
        public let rawValue: UInt16
        /// Wraps the number in the header.
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        /// An object with relocations to apply: a `.o`, a kernel module, a BPF object (`ET_REL`).
        public static let relocatable = Kind(rawValue: 1)
        /// A program at fixed addresses: a vmlinux as a rule (`ET_EXEC`).
        public static let executable = Kind(rawValue: 2)
        /// A shared object or a position-independent program (`ET_DYN`).
        public static let shared = Kind(rawValue: 3)
    }

    /// The processor (`e_machine`).
    public struct Machine: RawRepresentable, Hashable, Sendable {
        /// The number in the header.
        public let rawValue: UInt16
        /// Wraps the number in the header.
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        /// Intel 80386.
        public static let i386 = Machine(rawValue: 3)
        /// 64-bit PowerPC.
        public static let ppc64 = Machine(rawValue: 21)
        /// IBM System z.
        public static let s390 = Machine(rawValue: 22)
        /// 32-bit ARM.
        public static let arm = Machine(rawValue: 40)
        /// AMD64.
        public static let amd64 = Machine(rawValue: 62)
        /// 64-bit ARM.
        public static let aarch64 = Machine(rawValue: 183)
        /// RISC-V.
        public static let riscv = Machine(rawValue: 243)
        /// Linux BPF.
        public static let bpf = Machine(rawValue: 247)
        /// LoongArch.
        public static let loongarch = Machine(rawValue: 258)
    }

    /// Whether addresses have 4 or 8 bytes.
    public let addressClass: Class
    /// The order of the bytes in a number.
    public let byteOrder: ByteOrder
    /// What the file is for.
    public let kind: Kind
    /// The processor.
    public let machine: Machine

    /// Describes an image that has no ELF header of its own.
    ///
    /// - Parameters:
    ///   - addressClass: whether addresses have 4 or 8 bytes.
    ///   - byteOrder: the order of the bytes in a number.
    ///   - kind: what the file is for.
    ///   - machine: the processor.
    public init(addressClass: Class, byteOrder: ByteOrder, kind: Kind, machine: Machine) {
        self.addressClass = addressClass
        self.byteOrder = byteOrder
        self.kind = kind
        self.machine = machine
    }

    /// How many bytes an address has: 4 or 8.
    public var addressSize: Int { addressClass == .bits64 ? 8 : 4 }
}
