internal import ELF

/// The supplementary file that a file's DWARF refers to: what several files have in common, as `dwz -m` moves it out
/// (DWARF 5, section 7.3.6; before that GNU's `.gnu_debugaltlink`).
enum SupplementaryFile: Sendable {
    /// The file refers to none.
    case none
    /// The file, proven to be the one that is meant.
    case found(ELFFile)
    /// Why there is none, as the end of a sentence.
    case missing(reason: String)

    /// Looks for the file that a link names.
    ///
    /// A link is a path, from the directory of the file that holds it where it is not absolute, and a build-id, which
    /// must be the supplementary file's. Nothing is thrown where there is no such file: entries that are converted may
    /// never refer to it.
    ///
    /// - Parameters:
    ///   - elf: the file that may hold a link.
    ///   - path: where the supplementary file is, when that is known otherwise.
    /// - Throws: `ELFError` when the link itself is damaged.
    init(of elf: ELFFile, at path: String?) throws(ELFError) {
        guard let link = try Link(of: elf) else {
            self = .none
            return
        }
        let place = path ?? link.path(from: elf.name)
        do throws(ELFError) {
            let candidate = try ELFFile(path: place)
            if try Link.identity(of: candidate) == link.identity {
                self = .found(candidate)
            } else {
                self = .missing(reason: "\(place) is another one than the supplementary file that is meant")
            }
        } catch {
            self = .missing(reason: "the supplementary file '\(link.name)' is not there (\(error))")
        }
    }

    /// What a file says of its supplementary file.
    private struct Link {
        let name: String
        let identity: [UInt8]

        /// Reads the section that holds the link; nil where there is none.
        init?(of elf: ELFFile) throws(ELFError) {
            if let section = elf.section(named: ".gnu_debugaltlink") {
                let bytes = try elf.contents(of: section, limit: Link.sizeLimit).bytes
                guard let end = bytes.firstIndex(of: 0) else { throw Link.damaged(elf, section) }
                name = String(decoding: bytes[..<end], as: UTF8.self)
                identity = Array(bytes[(end + 1)...])
            } else if let section = elf.section(named: ".debug_sup") {
                let bytes = try elf.contents(of: section, limit: Link.sizeLimit).bytes
                guard let parts = Link.parts(bytes) else { throw Link.damaged(elf, section) }
                if parts.isSupplementary { return nil }
                name = String(decoding: parts.name, as: UTF8.self)
                identity = parts.checksum
            } else {
                return nil
            }
        }

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
}
