public import BTF
public import ELF

/// A compiled BPF program: its types, its functions and what it asks of the kernel.
public struct BPFObject: Sendable {
    /// The object's path, or the display name that the caller gave to bytes in memory.
    public let name: String
    /// The object's own types.
    public let types: BTF
    /// The object's relocations with the types that they need.
    public let requests: ObjectRequests

    /// Reads an object from a file.
    ///
    /// - Parameter path: the path of an ELF file that clang or `bpftool gen object` made.
    /// - Throws: `BPFObjectError` when it cannot be read, has no `.BTF` or `.BTF.ext`, or is damaged. An object that has
    ///   no relocations is one whose `requests` are empty.
    public init(path: String) throws(BPFObjectError) {
        let file: ELFFile
        do throws(ELFError) {
            file = try ELFFile(path: path)
        } catch {
            throw BPFObjectError(error)
        }
        try self.init(file)
    }

    /// Reads an object that is in memory.
    ///
    /// - Parameters:
    ///   - bytes: the whole ELF file.
    ///   - name: what error messages call it.
    /// - Throws: `BPFObjectError` when it has no `.BTF` or `.BTF.ext`, or is damaged.
    public init(bytes: [UInt8], name: String) throws(BPFObjectError) {
        let file: ELFFile
        do throws(ELFError) {
            file = try ELFFile(bytes: bytes, name: name)
        } catch {
            throw BPFObjectError(error)
        }
        try self.init(file)
    }

    /// Reads an object that is open already.
    ///
    /// - Parameter file: the ELF file.
    /// - Throws: `BPFObjectError` when it has no `.BTF` or `.BTF.ext`, or is damaged.
    public init(_ file: ELFFile) throws(BPFObjectError) {
        name = file.name
        types = try Self.types(of: file)
        guard let section = file.section(named: BTFExtension.sectionName) else {
            throw BPFObjectError(
                .noExtension,
                object: file.name,
                section: BTFExtension.sectionName,
                reason: "the object has no such section; compile it with -g and do not strip it"
            )
        }
        let records = try BTFExtension(
            parsing: try Self.bytes(of: section, in: file),
            types: types,
            object: file.name
        )
        let code = try ObjectCode(of: file, types: types, records)
        let groups = try ProgramGroups(of: file, code: code)
        requests = try ObjectRequests(of: records, types: types, code: code, groups: groups, object: file.name)
    }

    private static func types(of file: ELFFile) throws(BPFObjectError) -> BTF {
        guard let section = file.section(named: ".BTF") else {
            throw BPFObjectError(
                .noTypes,
                object: file.name,
                section: ".BTF",
                reason: "the object has no such section; compile it with -target bpf -g and do not strip it"
            )
        }
        let bytes = try bytes(of: section, in: file)
        do throws(BTFError) {
            return try BTF(parsing: bytes)
        } catch {
            throw BPFObjectError(
                .malformed,
                object: file.name,
                section: ".BTF",
                offset: error.offset,
                reason: "in its \(error.section.rawValue), \(error.reason)"
            )
        }
    }

    /// The most bytes that a section of a BPF object may have, far above the largest real ones.
    static var sectionLimit: Int { 64 << 20 }

    static func bytes(of section: ELFSection, in file: ELFFile) throws(BPFObjectError) -> [UInt8] {
        do throws(ELFError) {
            let contents = try file.contents(of: section, limit: sectionLimit)
            guard contents.count <= sectionLimit else {
                throw ELFError(
                    .tooLarge,
                    file: file.name,
                    section: section.name,
                    reason: "has \(contents.count) bytes, more than \(sectionLimit)"
                )
            }
            return contents.bytes
        } catch {
            throw BPFObjectError(error)
        }
    }
}

extension BPFObjectError {
    /// Carries a fault of the ELF file over.
    init(_ error: ELFError) {
        self.init(
            .unreadable,
            object: error.file,
            section: error.section,
            offset: error.offset.map(Int.init(truncatingIfNeeded:)),
            reason: error.reason
        )
    }
}
