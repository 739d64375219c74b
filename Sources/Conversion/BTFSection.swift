internal import BTF
internal import ELF

/// The .BTF section of an ELF file: a vmlinux's, or a module's, which is split over the kernel's.
struct BTFSection {
    private let file: String
    private let bytes: [UInt8]
    private let hasOwnBase: Bool

    /// Reads the section.
    ///
    /// - Parameter image: a vmlinux or a module.
    /// - Throws: `ConversionError.noTypes` when there is none, `ELFError` when it cannot be read.
    init(of image: ELFFile) throws {
        guard let section = image.section(named: ".BTF"), section.kind != .noBits else {
            throw ConversionError.noTypes(file: image.name, source: .btf)
        }
        guard section.size <= FlatBTF.sizeLimit else {
            let reason = "has \(section.size) bytes, above the limit of \(FlatBTF.sizeLimit)"
            throw ELFError(.tooLarge, file: image.name, section: section.name, reason: reason)
        }
        file = image.name
        bytes = try image.contents(of: section, limit: FlatBTF.sizeLimit).bytes
        // Section "Distilled base BTF" of the kernel's documentation; Linux 6.11.
        hasOwnBase = image.section(named: ".BTF.base") != nil
    }

    /// Parses the section and checks that it is whole.
    ///
    /// - Parameter base: the kernel's BTF, for a module.
    /// - Returns: the types, which break no rule of the format.
    /// - Throws: `ConversionError`.
    func types(over base: BTF?) throws(ConversionError) -> BTF {
        guard !hasOwnBase else { throw .distilledBase(file: file) }
        // Split BTF never parses by itself: the empty string that BTF starts with is in its base.
        switch (parsed(over: nil), base) {
        case (.success(let types), nil):
            if let finding = types.verify(limit: 1).first { throw .invalidTypes(file: file, finding) }
            return types
        case (.success, .some): throw .needlessBase(file: file)
        case (.failure(let error), nil):
            let lacksEmptyString = error.section == .strings && error.offset == 0
            throw lacksEmptyString ? .missingBase(file: file) : .badSection(file: file, error)
        case (.failure, let base?): return try split(over: base)
        }
    }

    private func parsed(over base: BTF?) -> Result<BTF, BTFError> {
        Result { () throws(BTFError) in try BTF(parsing: bytes, base: base) }
    }

    /// Parses split BTF and checks that it was made against this base: nothing in the section says so, but ids and
    /// names that lead into another base make no sense there.
    private func split(over base: BTF) throws(ConversionError) -> BTF {
        switch parsed(over: base) {
        case .failure(let error) where error.section == .header: throw .badSection(file: file, error)
        case .failure(let error): throw .foreignBase(file: file, reason: error.description)
        case .success(let types):
            if let id = types.ids.first(where: { types.hasTornName($0) }) {
                throw .foreignBase(file: file, reason: "a name of type \(id) starts in the middle of a string")
            }
            if let finding = types.verify(limit: 1).first {
                throw .foreignBase(file: file, reason: finding.description)
            }
            return types
        }
    }
}

extension BTF {
    /// Whether the type or a part of it has a name that does not start where a string does, as no producer of BTF
    /// writes it.
    fileprivate func hasTornName(_ id: TypeID) -> Bool {
        if isTorn(header(of: id).name) { return true }
        switch self[id] {
        case .composite(let composite): return composite.members.contains { isTorn($0.name) }
        case .enumeration(let enumeration): return enumeration.enumerators.contains { isTorn($0.name) }
        case .functionPrototype(let prototype): return prototype.parameters.contains { isTorn($0.name) }
        default: return false
        }
    }

    private func isTorn(_ name: StringOffset) -> Bool {
        !name.isEmpty && !bytes(at: StringOffset(rawValue: name.rawValue - 1)).isEmpty
    }
}
