import BTF
import Conversion
import DWARF
import ELF
import FuzzSupport

/// Any bytes as an ELF file: its tables, its relocations, its compressed sections, and what they lead to.
@main enum FuzzELF {
    private static let options = DWARFConverter.Options(sectionSizeLimit: 32 << 20)

    static func main() {
        FuzzTarget.run { data, size in
            guard let elf = try? ELFFile(bytes: FuzzTarget.bytes(data, size), name: "input") else { return 0 }
            _ = try? elf.buildID()
            for source in BTFSource.allCases {
                if let types = try? ImageConverter(source: source, options: FuzzELF.options).convert(elf).btf {
                    Properties.checkWritten(types)
                }
            }
            return 0
        }
    }
}
