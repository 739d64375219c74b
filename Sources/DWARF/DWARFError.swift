internal import ELF

/// A fault of DWARF: what is wrong, in which file, in which section and at which offset.
public struct DWARFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of fault it is.
    public enum Code: Hashable, Sendable {
        /// The file is no ELF file, or its sections cannot be read.
        case badFile
        /// The file holds no DWARF at all.
        case noDebugInfo
        /// A unit, an entry or a table runs past its end.
        case truncated
        /// A field holds what the DWARF standard does not allow.
        case malformed
        /// The DWARF is nested or chained deeper, or is larger, than is allowed here.
        case limitExceeded
        /// The DWARF is sound but uses something that is not supported.
        case unsupported
        /// The types cannot be written as BTF.
        case notExpressible
    }

    /// What sort of fault it is.
    public let code: Code
    /// The file's path or display name.
    public let file: String
    /// The section in question, where there is one.
    public let section: String?
    /// The offset in bytes from the start of `section`.
    public let offset: UInt64?
    /// What is wrong, as the end of a sentence.
    public let reason: String

    init(_ code: Code, file: String, section: String? = nil, offset: UInt64? = nil, reason: String) {
        self.code = code
        self.file = file
        self.section = section
        self.offset = offset
        self.reason = reason
    }

    /// A fault of the ELF file that holds the DWARF.
    init(_ error: ELFError, section: String? = nil) {
        self.init(
            error.code == .unsupported ? .unsupported : .badFile,
            file: error.file,
            section: error.section ?? section,
            offset: error.offset,
            reason: error.reason
        )
    }

    /// The fault in one sentence.
    public var description: String {
        var place = file
        if let section { place += ", section \(section)" }
        if let offset { place += ", offset 0x\(String(offset, radix: 16))" }
        return "\(place): \(reason)"
    }
}

/// A fault as the readers throw it: small enough to pass in registers, and told as a `DWARFError` at the module's edge.
struct Fault: Error {
    enum Reason {
        case truncated
        case numberTooLong
        case badUnitLength
        case version(UInt64)
        case unitKind(UInt64)
        case addressSize(UInt64)
        case abbreviationOffset(UInt64)
        case abbreviationCode(UInt64)
        case form(UInt64)
        case unitTooLarge
        case nesting
        case referenceChain
        case typeCycle
        case badReference(UInt64)
        case foreignReference(UInt64)
        case supplementaryReference(UInt64)
        case noTypeUnit(UInt64)
        case badSibling(UInt64)
        case badString(UInt64)
        case nameTooLong(Int)
        case tooManyTypes
    }

    enum Section {
        case info
        case abbreviations
        case strings
    }

    let reason: Reason
    let section: Section
    let offset: Int

    init(_ reason: Reason, _ section: Section = .info, at offset: Int) {
        self.reason = reason
        self.section = section
        self.offset = offset
    }
}

extension Fault.Reason {
    /// What sort of fault it is, and what is wrong, as the end of a sentence.
    var told: (DWARFError.Code, String) {
        switch self {
        case .truncated: (.truncated, "the data ends in the middle of an entry")
        case .numberTooLong: (.malformed, "a LEB128 number has more than 64 bits")
        case .badUnitLength: (.truncated, "a unit's length runs past the end of the section")
        case .version(let number): (.unsupported, "DWARF version \(number) is not known here, only 2 to 5")
        case .unitKind(let number): (.unsupported, "unit type \(number) is not known here")
        case .addressSize(let number): (.malformed, "addresses of \(number) bytes are not allowed, only 4 and 8")
        case .abbreviationOffset(let offset): (.malformed, "abbreviations at \(offset) lie outside .debug_abbrev")
        case .abbreviationCode(let code): (.malformed, "abbreviation \(code) is not in the unit's table")
        case .form(let form): (.unsupported, "attribute form 0x\(String(form, radix: 16)) is not known here")
        case .unitTooLarge: (.limitExceeded, "a unit has more than 1 GiB")
        case .nesting: (.limitExceeded, "entries are nested too deeply")
        case .referenceChain: (.limitExceeded, "types refer to each other in too long a chain")
        case .typeCycle: (.malformed, "a type without a name refers to itself")
        case .badReference(let offset): (.malformed, "type 0x\(String(offset, radix: 16)) is not in the unit")
        case .foreignReference(let offset):
            (.malformed, "type 0x\(String(offset, radix: 16)) is in no unit that is read together with this one")
        case .supplementaryReference(let offset):
            (.unsupported, "0x\(String(offset, radix: 16)) of a supplementary file is meant")
        case .noTypeUnit(let signature):
            (.malformed, "no type unit has the signature 0x\(String(signature, radix: 16))")
        case .badSibling(let offset): (.malformed, "sibling 0x\(String(offset, radix: 16)) does not lie ahead")
        case .badString(let offset): (.malformed, "no string starts at 0x\(String(offset, radix: 16))")
        case .nameTooLong(let length): (.limitExceeded, "a name of this unit has \(length) bytes")
        case .tooManyTypes: (.limitExceeded, "there are more types than can be numbered")
        }
    }
}
