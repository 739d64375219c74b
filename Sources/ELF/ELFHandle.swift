import CElf

/// A libelf handle on mapped bytes: the one place that calls libelf.
///
/// It lives only while something is being read; what it finds out leaves it as plain values.
struct ELFHandle: ~Copyable {
    private let file: MappedFile
    private let elf: OpaquePointer

    /// Opens mapped bytes (`elf_memory`).
    init(_ file: MappedFile) throws(ELFError) {
        guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else {
            throw ELFError(.unsupported, file: file.name, reason: "libelf is older than its own header")
        }
        guard file.count >= 16 else {
            throw ELFError(.notELF, file: file.name, reason: "\(file.count) bytes are too few for an ELF file")
        }
        let opened = file.withBytes { bytes in
            // libelf takes a pointer to mutable bytes for the sake of its writing side; reading leaves them alone.
            elf_memory(
                UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: CChar.self)),
                bytes.count
            )
        }
        guard let opened else { throw ELFHandle.fault(.notELF, file, "cannot be opened as ELF") }
        guard elf_kind(opened) == ELF_K_ELF else {
            elf_end(opened)
            throw ELFError(.notELF, file: file.name, reason: "is no ELF file")
        }
        self.file = file
        elf = opened
    }

    deinit { elf_end(elf) }

    /// Reads the file's header.
    borrowing func header() throws(ELFError) -> ELFHeader {
        var header = GElf_Ehdr()
        guard gelf_getehdr(elf, &header) != nil else {
            throw ELFHandle.fault(.truncated, file, "has no whole ELF header")
        }
        let addressClass = gelf_getclass(elf)
        let order = Int32(file.withBytes { $0[Int(EI_DATA)] })
        guard addressClass == ELFCLASS32 || addressClass == ELFCLASS64, order == ELFDATA2LSB || order == ELFDATA2MSB
        else {
            throw ELFError(.malformed, file: file.name, offset: 4, reason: "unknown ELF class or byte order")
        }
        // libelf takes a section table behind the end for none at all.
        guard header.e_shoff < UInt64(file.count) else {
            throw ELFError(
                .truncated,
                file: file.name,
                reason: "is cut off: its section table is at offset \(header.e_shoff), behind its \(file.count) bytes"
            )
        }
        return ELFHeader(
            addressClass: addressClass == ELFCLASS64 ? .bits64 : .bits32,
            byteOrder: order == ELFDATA2LSB ? .little : .big,
            kind: ELFHeader.Kind(rawValue: header.e_type),
            machine: ELFHeader.Machine(rawValue: header.e_machine)
        )
    }

    /// Reads the section table.
    borrowing func sections() throws(ELFError) -> [ELFSection] {
        var count = 0
        guard elf_getshdrnum(elf, &count) == 0 else {
            throw ELFHandle.fault(.malformed, file, "has a bad section table")
        }
        guard count > 0 else { return [] }
        var namesIndex = 0
        guard elf_getshdrstrndx(elf, &namesIndex) == 0 else {
            throw ELFHandle.fault(.malformed, file, "has no section with the names of sections")
        }
        var sections: [ELFSection] = []
        sections.reserveCapacity(min(count, 1 << 16))
        for index in 0..<count {
            let header = try sectionHeader(index).header
            let name = elf_strptr(elf, namesIndex, Int(header.sh_name)).map { String(cString: $0) } ?? ""
            sections.append(
                ELFSection(
                    index: index,
                    name: name,
                    kind: ELFSection.Kind(rawValue: header.sh_type),
                    flags: ELFSection.Flags(rawValue: header.sh_flags),
                    address: header.sh_addr,
                    offset: header.sh_offset,
                    size: header.sh_size,
                    link: Int(header.sh_link),
                    info: Int(header.sh_info),
                    entrySize: header.sh_entsize
                )
            )
        }
        return sections
    }

    /// Reads a symbol table whose strings are in the section that it links to.
    borrowing func symbols(of section: ELFSection) throws(ELFError) -> [ELFSymbol] {
        let data = try table(section)
        let entry = gelf_fsize(elf, ELF_T_SYM, 1, UInt32(EV_CURRENT))
        let count = entry == 0 ? 0 : data.pointee.d_size / entry
        var symbols: [ELFSymbol] = []
        symbols.reserveCapacity(count)
        // Names may share bytes, so that they can be far longer together than their table.
        var nameBytes = 0
        for index in 0..<count {
            var symbol = GElf_Sym()
            guard let number = Int32(exactly: index), gelf_getsym(data, number, &symbol) != nil else {
                throw fault(.truncated, section, at: index * entry, "a symbol cannot be read")
            }
            var name = ""
            if symbol.st_name != 0 {
                guard let text = elf_strptr(elf, section.link, Int(symbol.st_name)) else {
                    throw fault(.malformed, section, at: index * entry, "a symbol's name is outside its string table")
                }
                name = String(cString: text)
                nameBytes += name.utf8.count
                guard nameBytes <= 16 * file.count else {
                    throw fault(.tooLarge, section, at: index * entry, "the symbols' names are too long together")
                }
            }
            symbols.append(
                ELFSymbol(
                    index: index,
                    name: name,
                    value: symbol.st_value,
                    size: symbol.st_size,
                    place: ELFHandle.place(symbol.st_shndx),
                    kind: ELFSymbol.Kind(rawValue: symbol.st_info & 15),
                    binding: ELFSymbol.Binding(rawValue: symbol.st_info >> 4)
                )
            )
        }
        return symbols
    }

    /// Reads a section of relocations, with addends or without.
    borrowing func relocations(of section: ELFSection) throws(ELFError) -> [ELFRelocation] {
        let data = try table(section)
        let hasAddends = section.kind == .relocationsWithAddends
        let entry = gelf_fsize(elf, hasAddends ? ELF_T_RELA : ELF_T_REL, 1, UInt32(EV_CURRENT))
        let count = entry == 0 ? 0 : data.pointee.d_size / entry
        var relocations: [ELFRelocation] = []
        relocations.reserveCapacity(count)
        for index in 0..<count {
            guard let number = Int32(exactly: index) else {
                throw fault(.tooLarge, section, at: index * entry, "too many relocations")
            }
            var withAddend = GElf_Rela()
            if hasAddends {
                guard gelf_getrela(data, number, &withAddend) != nil else {
                    throw fault(.truncated, section, at: index * entry, "a relocation cannot be read")
                }
            } else {
                var plain = GElf_Rel()
                guard gelf_getrel(data, number, &plain) != nil else {
                    throw fault(.truncated, section, at: index * entry, "a relocation cannot be read")
                }
                withAddend.r_offset = plain.r_offset
                withAddend.r_info = plain.r_info
            }
            // GElf keeps both classes' r_info in the 64-bit layout.
            relocations.append(
                ELFRelocation(
                    offset: withAddend.r_offset,
                    symbolIndex: Int(withAddend.r_info >> 32),
                    kind: UInt32(truncatingIfNeeded: withAddend.r_info),
                    addend: hasAddends ? withAddend.r_addend : nil
                )
            )
        }
        return relocations
    }

    /// Decompresses a section into a mapping of its own.
    borrowing func decompressed(_ section: ELFSection, limit: Int) throws(ELFError) -> MappedFile {
        let (handle, _) = try sectionHeader(section.index)
        let packed = try raw(section)
        let method: SectionInflater.Method
        let size: UInt64
        let start: Int
        if section.flags.contains(.compressed) {
            var header = GElf_Chdr()
            guard gelf_getchdr(handle, &header) != nil else {
                throw fault(.malformed, section, at: 0, "the compression header cannot be read")
            }
            switch header.ch_type {
            case 1: method = .zlib
            case 2: method = .zstd
            default: throw fault(.unsupported, section, at: 0, "compression type \(header.ch_type) is not known here")
            }
            size = header.ch_size
            start = gelf_getclass(elf) == ELFCLASS64 ? 24 : 12
        } else {
            // "ZLIB" and the size of what is inside, 8 bytes, most significant first.
            let head = packed.withBytes { Array($0.prefix(12)) }
            guard head.count == 12, Array(head[..<4]) == Array("ZLIB".utf8) else {
                throw fault(.malformed, section, at: 0, "has no ZLIB header")
            }
            method = .zlib
            size = head[4...].reduce(0) { $0 << 8 | UInt64($1) }
            start = 12
        }
        guard size <= UInt64(packed.count) * ELFHandle.expansionLimit else {
            let reason = "\(packed.count) bytes would be \(size) decompressed, which no debug information is"
            throw ELFError(.tooLarge, file: file.name, section: section.name, reason: reason)
        }
        guard size <= UInt64(max(limit, 0)) else {
            let reason = "would have \(size) bytes decompressed, above the limit of \(limit)"
            throw ELFError(.tooLarge, file: file.name, section: section.name, reason: reason)
        }
        let body = min(packed.bounds.lowerBound + start, packed.bounds.upperBound)..<packed.bounds.upperBound
        let inflater = SectionInflater(
            method: method,
            packed: MappedRange(file: file, bounds: body),
            size: Int(size),
            damage: ELFError(
                .malformed,
                file: file.name,
                section: section.name,
                offset: 0,
                reason: "does not decompress"
            )
        )
        return try inflater.inflated(name: "\(file.name), section \(section.name)")
    }

    /// How many times larger than in the file a section can be: as much as zlib can do, and Zstandard must not do more.
    private static let expansionLimit: UInt64 = 1_032

    /// The bytes that a section has in the file, checked to lie inside it.
    borrowing func raw(_ section: ELFSection) throws(ELFError) -> MappedRange {
        guard section.kind != .noBits, section.size > 0 else { return MappedRange(file: file, bounds: 0..<0) }
        let (end, overflow) = section.offset.addingReportingOverflow(section.size)
        guard !overflow, end <= UInt64(file.count) else {
            let reason = "\(section.size) bytes at offset \(section.offset) run past the end of the file"
            throw ELFError(.truncated, file: file.name, section: section.name, reason: reason)
        }
        return MappedRange(file: file, bounds: Int(section.offset)..<Int(end))
    }

    /// The descriptor of the first GNU build-id note in a section of notes.
    borrowing func buildID(in section: ELFSection) throws(ELFError) -> [UInt8]? {
        let (handle, _) = try sectionHeader(section.index)
        guard let data = elf_getdata(handle, nil), let bytes = data.pointee.d_buf else { return nil }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: data.pointee.d_size)
        var offset = 0
        while true {
            var note = GElf_Nhdr()
            var nameOffset = 0
            var descriptorOffset = 0
            let next = gelf_getnote(data, offset, &note, &nameOffset, &descriptorOffset)
            guard next > offset else { return nil }
            let name = buffer[nameOffset..<nameOffset + Int(note.n_namesz)]
            if note.n_type == NT_GNU_BUILD_ID, name.elementsEqual("GNU\0".utf8) {
                return Array(buffer[descriptorOffset..<descriptorOffset + Int(note.n_descsz)])
            }
            offset = next
        }
    }

    /// A section's handle and header, by index.
    private borrowing func sectionHeader(_ index: Int) throws(ELFError) -> (handle: OpaquePointer, header: GElf_Shdr) {
        var header = GElf_Shdr()
        guard let handle = elf_getscn(elf, index), gelf_getshdr(handle, &header) != nil else {
            throw ELFHandle.fault(.malformed, file, "has no readable section \(index)")
        }
        return (handle, header)
    }

    /// The data of a section that is a table, in this machine's byte order.
    private borrowing func table(_ section: ELFSection) throws(ELFError) -> UnsafeMutablePointer<Elf_Data> {
        _ = try raw(section)
        guard let data = elf_getdata(try sectionHeader(section.index).handle, nil) else {
            throw fault(.malformed, section, at: 0, "cannot be read")
        }
        return data
    }

    /// Where a symbol's `st_shndx` puts it.
    private static func place(_ index: UInt16) -> ELFSymbol.Place {
        switch Int32(index) {
        case Int32(SHN_UNDEF): .undefined
        case Int32(SHN_COMMON): .common
        case Int32(SHN_ABS): .absolute
        default: .section(Int(index))
        }
    }

    /// An error about a section, with what libelf says.
    private borrowing func fault(
        _ code: ELFError.Code,
        _ section: ELFSection,
        at offset: Int,
        _ what: String
    ) -> ELFError {
        ELFError(
            code,
            file: file.name,
            section: section.name,
            offset: UInt64(offset),
            reason: what + ELFHandle.libelfMessage()
        )
    }

    /// An error about the whole file, with what libelf says.
    private static func fault(_ code: ELFError.Code, _ file: MappedFile, _ what: String) -> ELFError {
        ELFError(code, file: file.name, reason: what + libelfMessage())
    }

    /// What libelf says about its last fault, in brackets, or nothing.
    private static func libelfMessage() -> String {
        let number = elf_errno()
        guard number != 0, let text = elf_errmsg(number) else { return "" }
        return " (\(String(cString: text)))"
    }
}
