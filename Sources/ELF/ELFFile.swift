/// An ELF file: a vmlinux, a kernel module, a BPF object.
///
/// The header and the section table are read once, by libelf, and held as plain values; tables and contents are read
/// when they are asked for. Nothing in the file is trusted: every range is checked, and every fault is an ``ELFError``.
public struct ELFFile: Sendable {
    /// The mapped bytes.
    public let file: MappedFile
    /// What the first bytes say about the rest.
    public let header: ELFHeader
    /// The section table, in file order; entry 0 is the empty one.
    public let sections: [ELFSection]

    /// Opens an ELF file.
    ///
    /// - Parameter path: the path of a regular file, which must not be written while this value lives.
    /// - Throws: `ELFError` when it cannot be read or is no ELF file.
    public init(path: String) throws(ELFError) {
        try self.init(file: try MappedFile(path: path))
    }

    /// Opens an ELF file that is in memory.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: what error messages call it.
    /// - Throws: `ELFError` when it is no ELF file.
    public init(bytes: [UInt8], name: String) throws(ELFError) {
        try self.init(file: try MappedFile(bytes: bytes, name: name))
    }

    /// Opens an ELF file that is mapped already.
    ///
    /// - Parameter file: the whole file.
    /// - Throws: `ELFError` when it is no ELF file.
    public init(file: MappedFile) throws(ELFError) {
        self.file = file
        let handle = try ELFHandle(file)
        header = try handle.header()
        sections = try handle.sections()
    }

    /// The file's path or display name.
    public var name: String { file.name }

    /// The first section with a name.
    ///
    /// - Parameter name: the name, for example `.BTF`.
    /// - Returns: the section, or nil where none has that name.
    public func section(named name: String) -> ELFSection? {
        sections.first { $0.name == name }
    }

    /// The debug section with a name, under that name or as the old compressed form (`.zdebug_info`).
    ///
    /// - Parameter name: the plain name, for example `.debug_info`.
    /// - Returns: the section, or nil where there is neither.
    public func debugSection(named name: String) -> ELFSection? {
        section(named: name) ?? section(named: ".z" + name.dropFirst())
    }

    /// All debug sections with a name, as an object file has one for each of its type units.
    ///
    /// - Parameter name: the plain name, for example `.debug_info`.
    /// - Returns: the sections, those that are in no group first.
    public func debugSections(named name: String) -> [ELFSection] {
        let found = sections.filter { $0.name == name || $0.name == ".z" + name.dropFirst() }
        return found.filter { !$0.flags.contains(.grouped) } + found.filter { $0.flags.contains(.grouped) }
    }

    /// A section's contents, decompressed where they are compressed and without a copy where they are not.
    ///
    /// - Parameters:
    ///   - section: a section of this file; one without bytes in the file (`SHT_NOBITS`) is empty.
    ///   - limit: how many bytes a compressed section may have when it is decompressed.
    /// - Returns: a range of the mapped file, or of a mapping that holds the decompressed bytes.
    /// - Throws: `ELFError` when the section runs past the end of the file, does not decompress, or is above the limit.
    public func contents(of section: ELFSection, limit: Int = 4 << 30) throws(ELFError) -> MappedRange {
        let handle = try ELFHandle(file)
        guard section.kind != .noBits else { return MappedRange(file: file, bounds: 0..<0) }
        if section.flags.contains(.compressed) || section.name.hasPrefix(".zdebug") {
            return try handle.decompressed(section, limit: limit).whole
        }
        return try handle.raw(section)
    }

    /// The symbols of the file's symbol table (`.symtab`), in its order, so that relocations' indexes fit.
    ///
    /// - Returns: the symbols; none where the file has no symbol table.
    /// - Throws: `ELFError` when the table is damaged.
    public func symbols() throws(ELFError) -> [ELFSymbol] {
        guard let table = sections.first(where: { $0.kind == .symbolTable }) else { return [] }
        return try ELFHandle(file).symbols(of: table)
    }

    /// The relocations in a section of them.
    ///
    /// - Parameter section: a section of kind `relocations` or `relocationsWithAddends`.
    /// - Returns: the relocations, in file order.
    /// - Throws: `ELFError` when the section is of another kind or damaged.
    public func relocations(in section: ELFSection) throws(ELFError) -> [ELFRelocation] {
        guard section.kind == .relocations || section.kind == .relocationsWithAddends else {
            throw ELFError(.malformed, file: name, section: section.name, reason: "holds no relocations")
        }
        return try ELFHandle(file).relocations(of: section)
    }

    /// The relocations that patch a section, from all sections that name it in `sh_info`.
    ///
    /// - Parameter section: the patched section.
    /// - Returns: the relocations, in file order; none where nothing patches it.
    /// - Throws: `ELFError` when a section of relocations is damaged.
    public func relocations(patching section: ELFSection) throws(ELFError) -> [ELFRelocation] {
        var found: [ELFRelocation] = []
        for table in sections where table.kind == .relocations || table.kind == .relocationsWithAddends {
            guard table.info == section.index else { continue }
            found += try relocations(in: table)
        }
        return found
    }

    /// The descriptor of the file's GNU build-id note: 20 bytes as a rule.
    ///
    /// - Returns: the bytes, or nil where no section of notes holds a build-id.
    /// - Throws: `ELFError` when a section of notes is damaged.
    public func buildID() throws(ELFError) -> [UInt8]? {
        let handle = try ELFHandle(file)
        for section in sections where section.kind == .note {
            _ = try handle.raw(section)
            if let found = try handle.buildID(in: section) { return found }
        }
        return nil
    }
}
