public import ELF

/// What a file says of its supplementary file.
public struct SupplementaryLink: Hashable, Sendable {
    /// The path, as it is written.
    public let name: String
    /// The build-id that the supplementary file has, or its checksum.
    public let identity: [UInt8]

    /// Reads the section that holds the link.
    ///
    /// - Parameter elf: the file; nil comes of one without a link.
    /// - Throws: `ELFError` when the section is damaged.
    public init?(of elf: ELFFile) throws(ELFError) {
        if let section = elf.section(named: ".gnu_debugaltlink") {
            let bytes = try elf.contents(of: section, limit: Self.sizeLimit).bytes
            guard let end = bytes.firstIndex(of: 0) else { throw Self.damaged(elf, section) }
            name = String(decoding: bytes[..<end], as: UTF8.self)
            identity = Array(bytes[(end + 1)...])
        } else if let section = elf.section(named: ".debug_sup") {
            let bytes = try elf.contents(of: section, limit: Self.sizeLimit).bytes
            guard let parts = Self.parts(bytes) else { throw Self.damaged(elf, section) }
            if parts.isSupplementary { return nil }
            name = String(decoding: parts.name, as: UTF8.self)
            identity = parts.checksum
        } else {
            return nil
        }
    }

    /// The name of the supplementary file, without the folders that lead to it.
    public var fileName: String { name.split(separator: "/").last.map(String.init) ?? name }

    /// The directory that the link starts from is that of the file itself.
    func path(from file: String) -> String {
        guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
        return file[...slash] + name
    }

    /// What a link to a file must say: its checksum in .debug_sup, or its build-id.
    static func identity(of elf: ELFFile) throws(ELFError) -> [UInt8]? {
        if let section = elf.section(named: ".debug_sup"),
            let parts = parts(try elf.contents(of: section, limit: sizeLimit).bytes), parts.isSupplementary
        {
            return parts.checksum
        }
        return try elf.buildID()
    }

    /// More than any path and checksum have.
    private static let sizeLimit = 1 << 16

    private static func damaged(_ elf: ELFFile, _ section: ELFSection) -> ELFError {
        let reason = "is no link to a supplementary file"
        return ELFError(.malformed, file: elf.name, section: section.name, offset: 0, reason: reason)
    }

    /// The parts of .debug_sup: a version, whether this is the supplementary file, a name, and a checksum with its
    /// length, which here has fewer than 128 bytes.
    private static func parts(
        _ bytes: [UInt8]
    ) -> (isSupplementary: Bool, name: ArraySlice<UInt8>, checksum: [UInt8])? {
        guard bytes.count > 4, bytes[2] <= 1, let end = bytes[3...].firstIndex(of: 0), end + 1 < bytes.count,
            bytes[end + 1] < 0x80, bytes.count - end - 2 >= Int(bytes[end + 1])
        else { return nil }
        return (bytes[2] == 1, bytes[3..<end], Array(bytes[(end + 2)..<(end + 2 + Int(bytes[end + 1]))]))
    }
}
