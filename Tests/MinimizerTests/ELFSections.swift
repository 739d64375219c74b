import BTF
import ELF

/// Reads and edits sections of objects that tests compiled.
enum ELFSections {
    /// The BTF in an object's `.BTF`.
    static func types(of path: String) throws -> BTF {
        let file = try ELFFile(path: path)
        guard let section = file.section(named: ".BTF") else {
            throw Unusable(description: "\(path) has no .BTF")
        }
        return try BTF(parsing: file.contents(of: section).bytes)
    }

    /// Where a section's bytes lie in its file.
    static func range(of section: String, in bytes: [UInt8]) throws -> Range<Int> {
        let file = try ELFFile(bytes: bytes, name: "object")
        guard let section = file.section(named: section) else {
            throw Unusable(description: "there is no \(section)")
        }
        return Int(section.offset)..<Int(section.offset + section.size)
    }
}

/// A fixture that is not as a test needs it.
struct Unusable: Error, CustomStringConvertible {
    let description: String
}
