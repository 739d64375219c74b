import BTF
import CommandSupport
import ELF

/// Reads a whole file.
func readFile(_ path: String) throws -> [UInt8] {
    let file = try MappedFile(path: path)
    return file.withBytes { Array($0) }
}

/// Reads a file of raw BTF, or the .BTF section of an ELF file, and names the file when it is no BTF.
func readBTF(_ path: String, base: BTF? = nil) throws -> BTF {
    let file = try MappedFile(path: path)
    do {
        return try file.withBytes { bytes in
            try bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46])
                ? BTF(parsing: embeddedBTF(path), base: base) : BTF(parsing: bytes.bytes, base: base)
        }
    } catch let error as BTFError {
        throw CommandFailure(.badInput, "\(path): \(error)")
    }
}

private func embeddedBTF(_ path: String) throws -> [UInt8] {
    let file = try ELFFile(path: path)
    guard let section = file.section(named: ".BTF") else {
        throw CommandFailure(.badInput, "\(path) has no .BTF section; 'hubctl convert' makes BTF from DWARF")
    }
    return try file.contents(of: section).bytes
}
