/// The header of a unit in .debug_info (DWARF 5, section 7.5.1; DWARF 2 to 4 lack the unit type).
struct UnitHeader: BitwiseCopyable {
    /// DW_UT_*: what a unit is for.
    enum Kind: UInt8 {
        case compile = 1
        case type = 2
        case partial = 3
        case skeleton = 4
        case splitCompile = 5
        case splitType = 6
    }

    /// Which section a unit is in.
    enum Sort: UInt8 {
        /// .debug_info.
        case own
        /// .debug_types.
        case ownType
        /// The supplementary file's .debug_info.
        case supplementary
    }

    /// Where the unit starts in the section; references inside it count from here.
    let start: Int
    /// Where its first entry starts.
    let entries: Int
    /// Where the next unit starts.
    let end: Int
    let version: UInt8
    let kind: Kind
    /// 4 or 8.
    let addressSize: UInt8
    /// 4 in 32-bit DWARF, 8 in 64-bit DWARF.
    let offsetSize: UInt8
    /// Where the unit's table is in .debug_abbrev.
    let abbreviations: Int
    /// Which section the unit is in.
    let sort: Sort
    /// What others know a type unit's type by.
    private(set) var signature: UInt64 = 0
    /// Where a type unit's type is, from the unit's start.
    private(set) var typeOffset = 0

    /// The largest unit that is read: offsets inside it then fit 30 bits.
    static let sizeLimit = 1 << 30

    /// No unit at all.
    static let none = UnitHeader()

    private init() {
        (start, entries, end, abbreviations) = (0, 0, 0, 0)
        (version, kind, addressSize, offsetSize, sort) = (0, .compile, 0, 0, .own)
    }

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - info: .debug_info, with .debug_types behind it.
    ///   - start: where the header is.
    ///   - limit: where the section that it is in ends.
    ///   - sort: which section that is: in .debug_types headers are longer (DWARF 4, section 7.5.1.2).
    ///   - tablesFrom: where the abbreviations of this section's units count from.
    /// - Throws: `Fault` where the header is damaged.
    init(_ info: Bytes, at start: Int, limit: Int, _ sort: Sort, tablesFrom: Int) throws(Fault) {
        self.sort = sort
        let isTypeUnit = sort == .ownType
        var at = start
        func take(_ width: UInt8) throws(Fault) -> UInt64 {
            guard limit - at >= Int(width) else { throw Fault(.truncated, at: at) }
            let value = info.number(at, width: width)
            at += Int(width)
            return value
        }
        var length = try take(4)
        var offsetSize: UInt8 = 4
        if length == 0xffff_ffff {
            length = try take(8)
            offsetSize = 8
        }
        guard length <= UInt64(limit - at) else { throw Fault(.badUnitLength, at: start) }
        self.start = start
        self.offsetSize = offsetSize
        end = at + Int(length)
        guard end - start <= UnitHeader.sizeLimit else { throw Fault(.unitTooLarge, at: start) }
        let version = try take(2)
        guard (2...5).contains(version) else { throw Fault(.version(version), at: at - 2) }
        self.version = UInt8(version)
        var abbreviations: UInt64 = 0
        var addressSize: UInt64 = 0
        if version >= 5 {
            let number = try take(1)
            guard let kind = Kind(rawValue: UInt8(number)) else { throw Fault(.unitKind(number), at: at - 1) }
            self.kind = kind
            addressSize = try take(1)
            abbreviations = try take(offsetSize)
            switch kind {
            case .skeleton, .splitCompile: _ = try take(8)
            case .type, .splitType:
                signature = try take(8)
                typeOffset = Int(clamping: try take(offsetSize))
            case .compile, .partial: break
            }
        } else {
            kind = isTypeUnit ? .type : .compile
            abbreviations = try take(offsetSize)
            addressSize = try take(1)
            if isTypeUnit {
                signature = try take(8)
                typeOffset = Int(clamping: try take(offsetSize))
            }
        }
        guard addressSize == 4 || addressSize == 8 else { throw Fault(.addressSize(addressSize), at: start) }
        self.addressSize = UInt8(addressSize)
        guard let offset = Int(exactly: abbreviations), offset <= Int(UInt32.max) else {
            throw Fault(.abbreviationOffset(abbreviations), at: start)
        }
        self.abbreviations = tablesFrom + offset
        guard at <= end, typeOffset <= end - start else { throw Fault(.badUnitLength, at: start) }
        entries = at
    }
}
