/// The debug sections of one file, packed so that a mutation changes what they say and seldom where they are.
///
/// One byte of flags, six lengths of two bytes each, least significant first, then the sections in the order of
/// `names`; .debug_info has no length and takes what is left. A length that does not fit is cut.
public struct PackedSections {
    /// The sections that have a length, in order.
    public static let names = [
        ".debug_abbrev", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr", ".debug_types",
    ]

    /// Whether numbers have their most significant byte first.
    public var isBigEndian = false
    /// Whether the file is of the 32-bit class.
    public var is32Bit = false
    /// The sections' contents, by name, `.debug_info` among them.
    public var sections: [String: [UInt8]] = [:]

    /// Packs nothing.
    public init() {}

    /// Unpacks sections.
    ///
    /// - Parameter bytes: any bytes; those of fewer than the lengths take have no sections.
    public init(unpacking bytes: [UInt8]) {
        let head = 1 + 2 * Self.names.count
        guard bytes.count > head else { return }
        isBigEndian = bytes[0] & 1 != 0
        is32Bit = bytes[0] & 2 != 0
        var at = head
        for (index, name) in Self.names.enumerated() {
            let length = Int(bytes[1 + 2 * index]) | Int(bytes[2 + 2 * index]) << 8
            let end = min(at + length, bytes.count)
            sections[name] = Array(bytes[at..<end])
            at = end
        }
        sections[".debug_info"] = Array(bytes[at...])
    }

    /// The packed form; nil when a section has more than 65,535 bytes.
    public var packed: [UInt8]? {
        var head: [UInt8] = [(isBigEndian ? 1 : 0) | (is32Bit ? 2 : 0)]
        var body: [UInt8] = []
        for name in Self.names {
            let contents = sections[name] ?? []
            guard contents.count <= 0xffff else { return nil }
            head += [UInt8(truncatingIfNeeded: contents.count), UInt8(truncatingIfNeeded: contents.count >> 8)]
            body += contents
        }
        return head + body + (sections[".debug_info"] ?? [])
    }

    /// An ELF file of these sections.
    public var elfFile: [UInt8] {
        let present = sections.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        var names: [UInt8] = [0]
        var headers: [UInt8] = section(name: 0, kind: 0, at: 0, count: 0)
        var contents: [UInt8] = []
        let start = is32Bit ? 52 : 64
        for (name, bytes) in present + [(".shstrtab", [])] {
            let isNames = name == ".shstrtab"
            let offset = names.count
            names += Array(name.utf8) + [0]
            let body = isNames ? names : bytes
            headers += section(name: offset, kind: isNames ? 3 : 1, at: start + contents.count, count: body.count)
            contents += body
        }
        while !contents.count.isMultiple(of: 8) { contents.append(0) }
        let count = present.count + 2
        return fileHeader(sectionTable: start + contents.count, count: count) + contents + headers
    }

    // MARK: - ELF

    private func number(_ value: Int, _ width: Int) -> [UInt8] {
        let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return isBigEndian ? bytes.reversed() : bytes
    }

    /// An address, an offset or a size.
    private func word(_ value: Int) -> [UInt8] { number(value, is32Bit ? 4 : 8) }

    private func fileHeader(sectionTable: Int, count: Int) -> [UInt8] {
        var header: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, is32Bit ? 1 : 2, isBigEndian ? 2 : 1, 1, 0]
        header += [UInt8](repeating: 0, count: 8)
        header += number(2, 2) + number(isBigEndian ? 22 : 62, 2) + number(1, 4)
        header += word(0) + word(0) + word(sectionTable) + number(0, 4)
        header += number(is32Bit ? 52 : 64, 2) + number(0, 2) + number(0, 2)
        return header + number(is32Bit ? 40 : 64, 2) + number(count, 2) + number(count - 1, 2)
    }

    private func section(name: Int, kind: Int, at offset: Int, count: Int) -> [UInt8] {
        number(name, 4) + number(kind, 4) + word(0) + word(0) + word(offset) + word(count) + number(0, 4) + number(0, 4)
            + word(1) + word(0)
    }
}
