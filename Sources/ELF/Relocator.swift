/// Applies the relocations of a relocatable file's debug sections: those of a kernel module, as it lies in a package.
///
/// As libdwfl does it, sections that a loader would give memory are laid out one behind the other, so that an address
/// tells the section as well. Unlike libdwfl it reads only what it is asked for, and refuses what it cannot apply.
public struct Relocator: Sendable {
    private let elf: ELFFile
    /// The address that each section is given, by index; that of the header where the file is linked.
    public let addresses: [UInt64]
    /// What each symbol is worth, by index; nil where it is not defined in the file.
    private let values: [UInt64?]

    /// Lays out a file's sections.
    ///
    /// - Parameters:
    ///   - elf: the file, relocatable or not.
    ///   - symbols: all its symbols.
    public init(_ elf: ELFFile, symbols: [ELFSymbol]) {
        self.elf = elf
        guard elf.header.kind == .relocatable else {
            addresses = elf.sections.map(\.address)
            values = []
            return
        }
        // Not from 0, since an address of 0 is that of what the linker dropped.
        var next: UInt64 = 1 << 16
        addresses = elf.sections.map { section in
            guard section.flags.contains(.allocated) else { return 0 }
            let address = next
            // Ends are rounded up to a page, and a made-up size only makes addresses wrap.
            next = (next &+ section.size &+ 0x1fff) & ~0xfff
            return address
        }
        let addresses = addresses
        values = symbols.map { symbol in
            switch symbol.place {
            case .undefined, .common: nil
            case .absolute: symbol.value
            case .section(let index): index < addresses.count ? addresses[index] &+ symbol.value : nil
            }
        }
    }

    /// A section's contents, decompressed and with its relocations applied.
    ///
    /// - Parameters:
    ///   - section: a section of the file.
    ///   - limit: how many bytes a compressed section may have when it is decompressed.
    ///   - padding: how many bytes that may be read are to follow where the section is copied.
    /// - Returns: a range of the mapped file where nothing has to be applied, else of a mapping with a copy.
    /// - Throws: `ELFError` when the section or its relocations are damaged, or of a type that debug information has no
    ///   use for.
    public func contents(of section: ELFSection, limit: Int, padding: Int = 0) throws(ELFError) -> MappedRange {
        let contents = try elf.contents(of: section, limit: limit)
        guard elf.header.kind == .relocatable else { return contents }
        let tables = elf.sections.filter {
            ($0.kind == .relocations || $0.kind == .relocationsWithAddends) && $0.info == section.index && $0.size > 0
        }
        if tables.isEmpty { return contents }
        let (size, overflows) = contents.count.addingReportingOverflow(max(padding, 0))
        guard !overflows else { return contents }
        let copy = try MappedFile(name: elf.name, count: size) { (target) throws(ELFError) in
            contents.withBytes { target.copyMemory(from: $0) }
            let place = UnsafeMutableRawBufferPointer(rebasing: target[..<contents.count])
            for table in tables { try apply(table, limit, to: place) }
        }
        return MappedRange(file: copy, bounds: 0..<contents.count)
    }

    /// Applies all relocations of a table.
    private func apply(
        _ table: ELFSection,
        _ limit: Int,
        to place: UnsafeMutableRawBufferPointer
    ) throws(ELFError) {
        let rules = RelocationRule.rules(of: elf.header.machine)
        guard !rules.isEmpty else {
            let reason = "relocations of machine \(elf.header.machine.rawValue) are not known here"
            throw ELFError(.unsupported, file: elf.name, section: table.name, reason: reason)
        }
        // A type's number is small on all machines, and a table by number takes no hashing.
        var quick = [RelocationRule?](repeating: nil, count: 64)
        for (kind, rule) in rules where kind < 64 { quick[Int(kind)] = rule }
        let layout = RelocationLayout(elf.header, hasAddends: table.kind == .relocationsWithAddends)
        let records = try elf.contents(of: table, limit: limit)
        try records.withBytes { (bytes) throws(ELFError) in
            var at = 0
            while at <= bytes.count - layout.size {
                let record = layout.record(at, in: bytes)
                at += layout.size
                let rule = record.kind < 64 ? quick[Int(record.kind)] : rules[record.kind]
                guard let rule else {
                    throw fault(.unsupported, table, at - layout.size, "type \(record.kind) is not one for data")
                }
                if rule.operation == .none { continue }
                guard place.count >= rule.width, record.offset <= UInt64(place.count - rule.width) else {
                    throw fault(.malformed, table, at - layout.size, "the relocation lies outside its section")
                }
                guard record.symbol < values.count else {
                    throw fault(.malformed, table, at - layout.size, "symbol \(record.symbol) does not exist")
                }
                // A symbol of another file has no address here, and debug information of types needs none.
                guard let value = record.symbol == 0 ? 0 : values[record.symbol] else { continue }
                let target = Int(record.offset)
                let present =
                    layout.hasAddends && rule.operation == .set ? 0 : layout.number(target, rule.width, in: place)
                let sum = value &+ UInt64(bitPattern: record.addend)
                layout.store(
                    rule.operation == .subtract ? present &- sum : present &+ sum,
                    target,
                    rule.width,
                    in: place
                )
            }
        }
    }

    private func fault(_ code: ELFError.Code, _ table: ELFSection, _ offset: Int, _ reason: String) -> ELFError {
        ELFError(code, file: elf.name, section: table.name, offset: UInt64(offset), reason: reason)
    }
}

/// How a file's relocation records and the places that they patch are laid out (`Elf32_Rel` to `Elf64_Rela`).
private struct RelocationLayout {
    let hasAddends: Bool
    /// How many bytes a record has.
    let size: Int
    private let is64Bit: Bool
    private let isSwapped: Bool

    init(_ header: ELFHeader, hasAddends: Bool) {
        self.hasAddends = hasAddends
        is64Bit = header.addressClass == .bits64
        isSwapped = (header.byteOrder == .big) == (1.littleEndian == 1)
        size = header.addressSize * (hasAddends ? 3 : 2)
    }

    /// The record at an offset, which lies inside.
    @inline(__always)
    func record(
        _ offset: Int,
        in bytes: UnsafeRawBufferPointer
    ) -> (offset: UInt64, symbol: Int, kind: UInt32, addend: Int64) {
        if is64Bit {
            let place = load(offset, as: UInt64.self, bytes)
            let information = load(offset + 8, as: UInt64.self, bytes)
            let addend = hasAddends ? Int64(bitPattern: load(offset + 16, as: UInt64.self, bytes)) : 0
            return (place, Int(information >> 32), UInt32(truncatingIfNeeded: information), addend)
        }
        let place = load(offset, as: UInt32.self, bytes)
        let information = load(offset + 4, as: UInt32.self, bytes)
        let addend = hasAddends ? Int64(Int32(bitPattern: load(offset + 8, as: UInt32.self, bytes))) : 0
        return (UInt64(place), Int(information >> 8), information & 0xff, addend)
    }

    /// The number in a place, which lies inside.
    func number(_ offset: Int, _ width: Int, in place: UnsafeMutableRawBufferPointer) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(place)
        return switch width {
        case 1: UInt64(load(offset, as: UInt8.self, bytes))
        case 2: UInt64(load(offset, as: UInt16.self, bytes))
        case 4: UInt64(load(offset, as: UInt32.self, bytes))
        default: load(offset, as: UInt64.self, bytes)
        }
    }

    /// Writes a number into a place, which lies inside.
    @inline(__always)
    func store(_ value: UInt64, _ offset: Int, _ width: Int, in place: UnsafeMutableRawBufferPointer) {
        switch width {
        case 1: store(UInt8(truncatingIfNeeded: value), offset, place)
        case 2: store(UInt16(truncatingIfNeeded: value), offset, place)
        case 4: store(UInt32(truncatingIfNeeded: value), offset, place)
        default: store(value, offset, place)
        }
    }

    @inline(__always)
    private func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int,
        as type: Number.Type,
        _ bytes: UnsafeRawBufferPointer
    ) -> Number {
        let number = bytes.loadUnaligned(fromByteOffset: offset, as: type)
        return isSwapped ? number.byteSwapped : number
    }

    @inline(__always)
    private func store(_ number: some FixedWidthInteger, _ offset: Int, _ place: UnsafeMutableRawBufferPointer) {
        place.storeBytes(of: isSwapped ? number.byteSwapped : number, toByteOffset: offset, as: type(of: number))
    }
}
