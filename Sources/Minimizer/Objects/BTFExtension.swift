import BTF

/// What a `.BTF.ext` section says about instructions: which function they belong to, which source line they come from,
/// and what a loader has to relocate.
///
/// Source: the kernel's `Documentation/bpf/btf.rst`, section ".BTF.ext section". The header's length and each record's
/// size are honoured as the section gives them, so that fields which later versions append are skipped.
struct BTFExtension: Sendable {
    /// `struct bpf_func_info`: where a function starts.
    struct FunctionRecord: Sendable {
        let section: StringOffset
        /// In bytes from the start of the section.
        let instructionOffset: UInt32
        let type: UInt32
    }

    /// `struct bpf_line_info`: where a source line starts.
    struct LineRecord: Sendable {
        let section: StringOffset
        /// In bytes from the start of the section.
        let instructionOffset: UInt32
        let file: UInt32
        let text: UInt32
        let line: UInt32
        let column: UInt32
    }

    /// `struct bpf_core_relo`: what a loader has to relocate.
    struct RelocationRecord: Sendable {
        let section: StringOffset
        /// In bytes from the start of the section.
        let instructionOffset: UInt32
        let type: UInt32
        let access: UInt32
        let kind: UInt32
        /// Where the record is, in bytes from the start of `.BTF.ext`.
        let place: Int
    }

    let functions: [FunctionRecord]
    let lines: [LineRecord]
    let relocations: [RelocationRecord]

    static let sectionName = ".BTF.ext"
}

// MARK: - Reading

extension BTFExtension {
    /// Reads a section.
    ///
    /// - Parameters:
    ///   - bytes: the section's contents.
    ///   - types: the object's BTF, whose strings and types the records name.
    ///   - object: what error messages call the object.
    /// - Throws: `BPFObjectError` naming the offset.
    init(parsing bytes: [UInt8], types: BTF, object: String) throws(BPFObjectError) {
        let reader = try Reader(bytes: bytes, types: types, object: object)
        var functions: [FunctionRecord] = []
        var lines: [LineRecord] = []
        var relocations: [RelocationRecord] = []
        try reader.forEachRecord(of: .functions) { (section, at) throws(BPFObjectError) in
            functions.append(
                FunctionRecord(
                    section: section,
                    instructionOffset: try reader.word(at),
                    type: try reader.typeID(at + 4)
                )
            )
        }
        try reader.forEachRecord(of: .lines) { (section, at) throws(BPFObjectError) in
            let position = try reader.word(at + 12)
            lines.append(
                LineRecord(
                    section: section,
                    instructionOffset: try reader.word(at),
                    file: try reader.string(at + 4),
                    text: try reader.string(at + 8),
                    line: position >> 10,
                    column: position & 0x3ff
                )
            )
        }
        try reader.forEachRecord(of: .relocations) { (section, at) throws(BPFObjectError) in
            relocations.append(
                RelocationRecord(
                    section: section,
                    instructionOffset: try reader.word(at),
                    type: try reader.typeID(at + 4),
                    access: try reader.string(at + 8),
                    kind: try reader.word(at + 12),
                    place: at
                )
            )
        }
        self.init(functions: functions, lines: lines, relocations: relocations)
    }

    /// The three lists of records that a section may have.
    private enum List: Int {
        case functions, lines, relocations

        /// The place of its offset and length in the header.
        var field: Int { 8 + 8 * rawValue }
        /// The smallest record that holds what is needed of it.
        var recordLength: Int { self == .functions ? 8 : 16 }
        var name: String {
            switch self {
            case .functions: "func_info"
            case .lines: "line_info"
            case .relocations: "core_relo"
            }
        }
    }

    /// Reads words where the section says they are, and checks each.
    private struct Reader {
        let bytes: [UInt8]
        let types: BTF
        let object: String
        let isLittle: Bool
        let headerLength: Int

        init(bytes: [UInt8], types: BTF, object: String) throws(BPFObjectError) {
            func fault(_ offset: Int, _ reason: String) -> BPFObjectError {
                BPFObjectError(.malformed, object: object, section: sectionName, offset: offset, reason: reason)
            }
            guard bytes.count >= 24 else { throw fault(bytes.count, "the section ends within its header") }
            switch (bytes[0], bytes[1]) {
            case (0x9f, 0xeb): isLittle = true
            case (0xeb, 0x9f): isLittle = false
            default: throw fault(0, "there is no BTF magic 0xeb9f")
            }
            guard bytes[2] == 1 else { throw fault(2, "version \(bytes[2]) is not known, only 1") }
            guard isLittle == (types.byteOrder == .littleEndian) else {
                throw fault(0, "the byte order differs from that of .BTF")
            }
            self.bytes = bytes
            self.types = types
            self.object = object
            headerLength = Int(Self.word(bytes, 4, isLittle: isLittle))
            guard (24...bytes.count).contains(headerLength) else {
                throw fault(4, "a header of \(headerLength) bytes does not fit the section's \(bytes.count)")
            }
        }

        private static func word(_ bytes: [UInt8], _ at: Int, isLittle: Bool) -> UInt32 {
            let word = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
            return isLittle ? UInt32(littleEndian: word) : UInt32(bigEndian: word)
        }

        func fault(_ offset: Int, _ reason: String) -> BPFObjectError {
            BPFObjectError(.malformed, object: object, section: sectionName, offset: offset, reason: reason)
        }

        /// The word at an offset.
        func word(_ at: Int) throws(BPFObjectError) -> UInt32 {
            guard at >= 0, bytes.count - at >= 4 else { throw fault(at, "the section ends within a record") }
            return Self.word(bytes, at, isLittle: isLittle)
        }

        /// A word that is the offset of a string.
        func string(_ at: Int) throws(BPFObjectError) -> UInt32 {
            let offset = try word(at)
            guard Int(offset) < types.stringsLength else {
                throw fault(at, "string offset \(offset) lies outside the strings of .BTF")
            }
            return offset
        }

        /// A word that is the id of a type.
        func typeID(_ at: Int) throws(BPFObjectError) -> UInt32 {
            let id = try word(at)
            guard types.contains(TypeID(id)) else { throw fault(at, "type id \(id) is not one of .BTF") }
            return id
        }

        /// Walks one list: for each program section its name and number of records, then the records.
        func forEachRecord(
            of list: List,
            _ body: (StringOffset, Int) throws(BPFObjectError) -> Void
        ) throws(BPFObjectError) {
            // Headers before the relocations came have 24 bytes.
            guard headerLength >= list.field + 8 else { return }
            let length = Int(try word(list.field + 4))
            guard length > 0 else { return }
            var at = headerLength + Int(try word(list.field))
            let end = at + length
            guard end <= bytes.count else {
                throw fault(list.field, "\(list.name) ends at \(end), past the section's \(bytes.count) bytes")
            }
            guard length >= 4 else { throw fault(at, "\(list.name) has no record size") }
            let recordLength = Int(try word(at))
            guard recordLength >= list.recordLength, recordLength.isMultiple(of: 4) else {
                throw fault(at, "records of \(recordLength) bytes are too small or uneven for \(list.name)")
            }
            at += 4
            while at < end {
                guard end - at >= 8 else { throw fault(at, "\(list.name) is cut off within a section's header") }
                let section = StringOffset(rawValue: try string(at))
                let count = Int(try word(at + 4))
                at += 8
                // Both are below 2³², so that the product cannot overflow.
                guard count * recordLength <= end - at else {
                    throw fault(at - 4, "\(count) records of \(recordLength) bytes run past the end of \(list.name)")
                }
                for index in 0..<count { try body(section, at + index * recordLength) }
                at += count * recordLength
            }
        }
    }
}
