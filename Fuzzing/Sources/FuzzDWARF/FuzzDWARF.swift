import BTF
import DWARF
import ELF
import FuzzSupport

/// Any bytes as debug sections, in an ELF file around them that is sound.
@main enum FuzzDWARF {
    static func main() {
        FuzzTarget.run { data, size in
            let sections = PackedSections(unpacking: FuzzTarget.bytes(data, size))
            guard let elf = try? ELFFile(bytes: sections.elfFile, name: "input") else { return 0 }
            let one = Result { try DWARFConverter().convert(elf).btf }
            let two = Result { try DWARFConverter(options: .init(threads: 2, features: [])).convert(elf).btf }
            guard case .success(let types) = one else { return 0 }
            Properties.checkWritten(types)
            if case .success(let plain) = two { Properties.checkWritten(plain) }
            guard let base = try? BTF(parsing: types.serialized()) else { return 0 }
            if let own = try? DWARFConverter().convert(elf, base: PreparedBase(base)).btf {
                Properties.checkWritten(own)
            }
            return 0
        }
    }
}
