import ELF
import FuzzSupport
import Glibc

/// Packs an ELF file's debug sections as FuzzDWARF takes them: PackDWARF IN OUT
@main enum PackDWARF {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            print("usage: PackDWARF IN OUT")
            exit(64)
        }
        let elf = try ELFFile(path: arguments[1])
        var packed = PackedSections()
        packed.isBigEndian = elf.header.byteOrder == .big
        packed.is32Bit = elf.header.addressClass == .bits32
        let relocator = Relocator(elf, symbols: try elf.symbols())
        for name in PackedSections.names + [".debug_info"] {
            guard let section = elf.debugSection(named: name) else { continue }
            packed.sections[name] = try relocator.contents(of: section, limit: 1 << 20, padding: 0).bytes
        }
        guard let bytes = packed.packed else { return }
        try bytes.write(to: arguments[2])
    }
}

extension [UInt8] {
    /// Writes a file.
    fileprivate func write(to path: String) throws {
        guard let file = fopen(path, "wb") else {
            perror(path)
            exit(74)
        }
        fwrite(self, 1, count, file)
        fclose(file)
    }
}
