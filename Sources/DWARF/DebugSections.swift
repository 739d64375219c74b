import ELF

/// The debug sections of a file, decompressed and mapped, each followed by bytes that may be read over.
struct DebugSections: Sendable {
    let file: String
    let byteOrder: ELFHeader.ByteOrder
    /// .debug_info, behind it .debug_types, where DWARF 4 keeps its type units, and at last the supplementary file's
    /// .debug_info. The other sections too have the supplementary file's behind the file's own.
    let info: Section
    /// Where .debug_types starts in `info`.
    let typesStart: Int
    /// Where the supplementary file's parts start.
    let supplement: SupplementStart
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

        /// Sections, each right behind the one before; one that is alone is not copied.
        init(joining sections: [Section]) throws(ELFError) {
            let parts = sections.filter { $0.count > 0 }
            guard parts.count != 1 else {
                self = parts[0]
                return
            }
            let size = parts.reduce(0) { $0 + $1.count }
            count = size
            let name = sections.first?.padded.file.name ?? ""
            let joined = try MappedFile(name: name, count: size + Section.padding) { target in
                var at = 0
                for part in parts {
                    part.padded.withBytes {
                        UnsafeMutableRawBufferPointer(rebasing: target[at...])
                            .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<part.count]))
                    }
                    at += part.count
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

    /// Where the supplementary file's sections start behind the file's own; at the ends where there is no such file.
    struct SupplementStart: Sendable {
        let info: Int
        let abbreviations: Int
        let strings: Int
        let isThere: Bool
        /// The supplementary file's name; or why it is not there.
        let text: String
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
        let supplement: SupplementStart
    }

    /// Maps the debug sections of a file, with their relocations applied; those that it has not are empty.
    ///
    /// - Parameters:
    ///   - elf: the file.
    ///   - relocator: what applies the file's relocations.
    ///   - supplement: the file that its entries may refer to.
    ///   - limit: how many bytes a compressed section may have when it is decompressed.
    /// - Throws: `DWARFError` when there is no .debug_info, or a section cannot be read.
    init(
        _ elf: ELFFile,
        _ relocator: Relocator,
        supplement: SupplementaryFile,
        limit: Int
    ) throws(DWARFError) {
        let own = Mapping(elf, relocator, limit: limit)
        var other: Mapping?
        if case .found(let file) = supplement {
            guard file.header.byteOrder == elf.header.byteOrder else {
                throw DWARFError(.badFile, file: file.name, reason: "has another byte order than \(elf.name)")
            }
            other = Mapping(file, Relocator(file, symbols: []), limit: limit)
        }
        func map(_ name: String) throws(DWARFError) -> (joined: Section, ownCount: Int) {
            let section = try own.section(name)
            guard let other else { return (section, section.count) }
            return (try own.joined([section, try other.section(name)], name), section.count)
        }
        file = elf.name
        byteOrder = elf.header.byteOrder
        let units = try own.allSections(".debug_info")
        guard units.count > 0 else {
            throw DWARFError(.noDebugInfo, file: elf.name, reason: "has no .debug_info section")
        }
        let types = try own.allSections(".debug_types")
        var parts = [units, types]
        if let other { parts.append(try other.section(".debug_info")) }
        info = try own.joined(parts, ".debug_info")
        typesStart = units.count
        let abbreviations = try map(".debug_abbrev")
        let strings = try map(".debug_str")
        self.abbreviations = abbreviations.joined
        self.strings = strings.joined
        lineStrings = try own.section(".debug_line_str")
        stringOffsets = try own.section(".debug_str_offsets")
        addresses = try own.section(".debug_addr")
        registers = ParameterRegisters(of: elf.header.machine)
        oldLocationLists = try own.section(registers.isKnown ? ".debug_loc" : "")
        locationLists = try own.section(registers.isKnown ? ".debug_loclists" : "", relocated: false)
        let text: String =
            switch supplement {
            case .none: "the file has no link to a supplementary file"
            case .found(let file): file.name
            case .missing(let reason): reason
            }
        self.supplement = SupplementStart(
            info: units.count + types.count,
            abbreviations: abbreviations.ownCount,
            strings: strings.ownCount,
            isThere: other != nil,
            text: text
        )
    }

    /// Maps the sections of one file.
    private struct Mapping {
        private let elf: ELFFile
        private let relocator: Relocator
        private let limit: Int

        init(_ elf: ELFFile, _ relocator: Relocator, limit: Int) {
            self.elf = elf
            self.relocator = relocator
            self.limit = limit
        }

        /// A section, with its relocations applied; an empty one where the file has none of that name.
        func section(_ name: String, relocated: Bool = true) throws(DWARFError) -> Section {
            do throws(ELFError) {
                guard let section = elf.debugSection(named: name) else {
                    return try Section(MappedRange(file: elf.file, bounds: 0..<0))
                }
                return try map(section, relocated: relocated)
            } catch {
                throw DWARFError(error, section: name)
            }
        }

        /// All sections of a name as one: an object file has each type unit in a section of its own.
        func allSections(_ name: String) throws(DWARFError) -> Section {
            let sections = elf.debugSections(named: name)
            guard sections.count > 1 else { return try section(name) }
            var parts: [Section] = []
            do throws(ELFError) {
                for section in sections { parts.append(try map(section, relocated: true)) }
            } catch {
                throw DWARFError(error, section: name)
            }
            return try joined(parts, name)
        }

        private func map(_ section: ELFSection, relocated: Bool) throws(ELFError) -> Section {
            // Of a list in .debug_loclists only the expressions are read, and relocations change none of them.
            guard relocated else { return try Section(try elf.contents(of: section, limit: limit)) }
            return try Section(try relocator.contents(of: section, limit: limit, padding: Section.padding))
        }

        /// Sections as one.
        func joined(_ sections: [Section], _ name: String) throws(DWARFError) -> Section {
            do throws(ELFError) {
                return try Section(joining: sections)
            } catch {
                throw DWARFError(.badFile, file: elf.name, section: name, reason: error.reason)
            }
        }
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
            registers: registers,
            supplement: supplement
        )
    }
}

extension DebugSections {
    /// The section that a unit at a place of `info` is in: where it ends, and of what sort it is.
    func home(ofUnitAt offset: Int) -> (end: Int, sort: UnitHeader.Sort) {
        if offset < typesStart { return (typesStart, .own) }
        if offset < supplement.info { return (supplement.info, .ownType) }
        return (info.count, .supplementary)
    }

    /// A fault in words: what is wrong, in which file and where.
    func error(_ fault: Fault) -> DWARFError {
        let (section, start): (String, Int)
        var isOwn = true
        switch fault.section {
        case .info where fault.offset >= supplement.info && supplement.isThere:
            (section, start, isOwn) = (".debug_info", supplement.info, false)
        case .info where fault.offset >= typesStart && typesStart < supplement.info:
            (section, start) = (".debug_types", typesStart)
        case .info: (section, start) = (".debug_info", 0)
        case .abbreviations:
            isOwn = fault.offset < supplement.abbreviations || !supplement.isThere
            (section, start) = (".debug_abbrev", isOwn ? 0 : supplement.abbreviations)
        case .strings:
            isOwn = fault.offset < supplement.strings || !supplement.isThere
            (section, start) = (".debug_str", isOwn ? 0 : supplement.strings)
        }
        let code: DWARFError.Code
        var reason: String
        (code, reason) = fault.reason.told
        if case .supplementaryReference = fault.reason, !supplement.isThere { reason += "; " + supplement.text }
        return DWARFError(
            code,
            file: isOwn ? file : supplement.text,
            section: section,
            offset: UInt64(max(fault.offset - start, 0)),
            reason: reason
        )
    }
}
