// MARK: - The three words that every record starts with

extension Verifier {
    /// Checks that what a kind does not use is zero.
    mutating func checkReservedBits(of id: TypeID, _ header: TypeHeader) {
        let kind = header.kind.standardName
        if let info = btf.infoWord(of: id), info & ~0x9f00_ffff != 0 {
            note(id, .reservedBits, "bits of its info word are set that mean nothing")
        }
        switch header.kind {
        case .structure, .union, .enumeration, .enumeration64, .forward, .declarationTag, .typeTag: break
        default: if header.kindFlag { note(id, .reservedBits, "a \(kind) cannot have a kind_flag") }
        }
        switch header.kind {
        case .structure, .union, .enumeration, .enumeration64, .function, .functionPrototype, .dataSection: break
        default: if header.count != 0 { note(id, .reservedBits, "a \(kind) cannot have a vlen") }
        }
        if header.kind == .array || header.kind == .forward, header.sizeOrType != 0 {
            note(id, .reservedBits, "the size of a \(kind) must be 0")
        }
    }

    /// Checks that a type has a name where its kind needs one, and that it is one.
    mutating func checkName(of id: TypeID, _ header: TypeHeader) {
        let kind = header.kind.standardName
        switch header.kind {
        case .void:
            break
        case .pointer, .array, .const, .volatile, .restrict, .functionPrototype:
            if !header.name.isEmpty { note(id, .names, "a \(kind) cannot have a name") }
        case .structure, .union, .enumeration, .enumeration64:
            if !isEmpty(header.name), !isIdentifier(header.name) { noteName(header.name, of: id) }
        case .forward, .typedef, .function, .variable:
            if !isIdentifier(header.name) { noteName(header.name, of: id) }
        case .dataSection:
            if !isSectionName(header.name) { noteName(header.name, of: id) }
        case .int, .float:
            if !isPrintable(header.name) { noteName(header.name, of: id) }
        case .declarationTag, .typeTag:
            if isEmpty(header.name) { note(id, .names, "a \(kind) needs a text") }
        }
    }

    /// Keeps the finding that a name of a type or of a part of it is none.
    mutating func noteName(_ name: StringOffset, of id: TypeID) {
        let text = btf.string(at: name)
        note(id, .names, text.isEmpty ? "a name is missing" : "'\(text)' cannot be a name")
    }

    /// Whether the name is the empty string, wherever that lies.
    func isEmpty(_ name: StringOffset) -> Bool { btf.bytes(at: name).isEmpty }

    /// Whether the name is one of C's, or an assembler's with dots: `btf_name_valid_identifier`.
    func isIdentifier(_ name: StringOffset) -> Bool {
        let bytes = btf.bytes(at: name)
        guard let first = bytes.first, bytes.count < 512, !Self.isDigit(first) else { return false }
        return bytes.allSatisfy(Self.isNameByte)
    }

    /// Whether the name is a section's: `btf_name_valid_section`.
    private func isSectionName(_ name: StringOffset) -> Bool {
        let bytes = btf.bytes(at: name)
        return !bytes.isEmpty && bytes.count < 512 && bytes.allSatisfy { (0x21...0x7e).contains($0) }
    }

    private func isPrintable(_ name: StringOffset) -> Bool {
        let bytes = btf.bytes(at: name)
        return !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return isDigit(byte) || letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }
}

extension BTF {
    /// The info word of an own type's record.
    fileprivate func infoWord(of id: TypeID) -> UInt32? {
        guard id >= firstID else { return nil }
        return storage.words[Int(storage.starts[Int(id.rawValue - storage.firstID)]) + 1]
    }

    /// The word behind the header of an own type's record, such as an INT's encoding.
    func firstExtraWord(of id: TypeID) -> UInt32? { extra(of: id).map { $0.words[$0.start] } }
}
