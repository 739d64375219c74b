import ELF

/// The debug sections of a file, decompressed and mapped, each followed by bytes that may be read over.
struct DebugSections: Sendable {
    let file: String
    let byteOrder: ELFHeader.ByteOrder
    /// .debug_info, and behind it .debug_types, where DWARF 4 keeps its type units.
    let info: Section
    /// Where .debug_types starts in `info`; its end when there is none.
    let typesStart: Int
    let abbreviations: Section
    let strings: Section
    let lineStrings: Section
    let stringOffsets: Section
    let addresses: Section
    /// .debug_loc, where DWARF 2 to 4 keep lists of locations.
    let oldLocationLists: Section
    /// .debug_loclists, where DWARF 5 does.
    let locationLists: Section
    /// Where the file's machine passes parameters.
    let registers: ParameterRegisters

    /// One section, at home in a mapping that goes on behind it.
    struct Section: Sendable {
        /// The section and at least `padding` bytes behind it.
        private let padded: MappedRange
        let count: Int

        static let padding = 16

        init(_ range: MappedRange) throws(ELFError) {
            count = range.count
            let end = range.bounds.upperBound + Section.padding
            if end <= range.file.count {
                padded = MappedRange(file: range.file, bounds: range.bounds.lowerBound..<end)
                return
            }
            let copy = try MappedFile(name: range.file.name, count: count + Section.padding) { target in
                range.withBytes { target.copyMemory(from: $0) }
            }
            padded = copy.whole
        }

        /// Two sections, the second one right behind the first.
        init(_ first: Section, _ second: Section) throws(ELFError) {
            count = first.count + second.count
            let name = first.padded.file.name
            let joined = try MappedFile(name: name, count: count + Section.padding) { target in
                first.padded.withBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<first.count])) }
                second.padded.withBytes {
                    UnsafeMutableRawBufferPointer(rebasing: target[first.count...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<second.count]))
                }
            }
            padded = joined.whole
        }

        /// A reader, to be used only while this section lives.
        func reader(_ byteOrder: ELFHeader.ByteOrder) -> Bytes? {
            padded.withBytes { bytes in
                bytes.baseAddress.map { Bytes($0, count: count, byteOrder: byteOrder) }
            }
        }

        /// Tells the kernel that a part of the section is done with.
        func discard(_ part: Range<Int>) { padded.discard(part) }
    }

    /// The readers of all sections, for one thread.
    struct Readers {
        let info: Bytes
        let abbreviations: Bytes
        let strings: Bytes
        let lineStrings: Bytes
        let stringOffsets: Bytes
        let addresses: Bytes
        let oldLocationLists: Bytes
        let locationLists: Bytes
        let registers: ParameterRegisters
    }

    /// Maps the debug sections of a file, with their relocations applied; those that it has not are empty.
    ///
    /// - Parameters:
    ///   - elf: the file.
    ///   - relocator: what applies the file's relocations.
    ///   - limit: how many bytes a compressed section may have when it is decompressed.
    /// - Throws: `DWARFError` when there is no .debug_info, or a section cannot be read.
    init(_ elf: ELFFile, _ relocator: Relocator, limit: Int) throws(DWARFError) {
        func map(_ name: String, relocated: Bool = true) throws(DWARFError) -> Section {
            do throws(ELFError) {
                guard let section = elf.debugSection(named: name) else {
                    return try Section(MappedRange(file: elf.file, bounds: 0..<0))
                }
                // Of a list in .debug_loclists only the expressions are read, and relocations change none of them.
                guard relocated else { return try Section(try elf.contents(of: section, limit: limit)) }
                return try Section(try relocator.contents(of: section, limit: limit, padding: Section.padding))
            } catch {
                throw DWARFError(error, section: name)
            }
        }
        func join(_ units: Section, _ types: Section) throws(DWARFError) -> Section {
            if types.count == 0 { return units }
            do throws(ELFError) {
                return try Section(units, types)
            } catch {
                throw DWARFError(.badFile, file: elf.name, section: ".debug_types", reason: error.reason)
            }
        }
        file = elf.name
        byteOrder = elf.header.byteOrder
        let units = try map(".debug_info")
        guard units.count > 0 else {
            throw DWARFError(.noDebugInfo, file: elf.name, reason: "has no .debug_info section")
        }
        info = try join(units, try map(".debug_types"))
        typesStart = units.count
        abbreviations = try map(".debug_abbrev")
        strings = try map(".debug_str")
        lineStrings = try map(".debug_line_str")
        stringOffsets = try map(".debug_str_offsets")
        addresses = try map(".debug_addr")
        registers = ParameterRegisters(of: elf.header.machine)
        oldLocationLists = try map(registers.isKnown ? ".debug_loc" : "")
        locationLists = try map(registers.isKnown ? ".debug_loclists" : "", relocated: false)
    }

    /// Readers of all sections, to be used only while this value lives.
    func readers() throws(DWARFError) -> Readers {
        func reader(_ section: Section) throws(DWARFError) -> Bytes {
            guard let reader = section.reader(byteOrder) else {
                throw DWARFError(.badFile, file: file, reason: "has sections that are not mapped")
            }
            return reader
        }
        return Readers(
            info: try reader(info),
            abbreviations: try reader(abbreviations),
            strings: try reader(strings),
            lineStrings: try reader(lineStrings),
            stringOffsets: try reader(stringOffsets),
            addresses: try reader(addresses),
            oldLocationLists: try reader(oldLocationLists),
            locationLists: try reader(locationLists),
            registers: registers
        )
    }
}
