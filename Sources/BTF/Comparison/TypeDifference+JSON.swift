extension TypeDifference: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, name, change, description, parts
        case firstEnumerator = "first_enumerator"
    }

    /// Writes the difference as JSON has it; docs/operation.md documents the fields.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind.rawValue, forKey: .kind)
        if !name.isEmpty { try container.encode(name, forKey: .name) }
        try container.encodeIfPresent(firstEnumerator, forKey: .firstEnumerator)
        switch change {
        case .added(let description):
            try container.encode("added", forKey: .change)
            try container.encode(description, forKey: .description)
        case .removed(let description):
            try container.encode("removed", forKey: .change)
            try container.encode(description, forKey: .description)
        case .changed(let parts):
            try container.encode("changed", forKey: .change)
            try container.encode(parts, forKey: .parts)
        }
    }
}

extension PartDifference: Encodable {
    private enum CodingKeys: String, CodingKey {
        case part, name, old, new
    }

    /// Writes the difference as JSON has it; docs/operation.md documents the fields.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .size(let old, let new):
            try container.encode("size", forKey: .part)
            try container.encode(old, forKey: .old)
            try container.encode(new, forKey: .new)
        case .member(let name, let old, let new):
            try container.encode("member", forKey: .part)
            try container.encode(name, forKey: .name)
            try container.encodeIfPresent(old, forKey: .old)
            try container.encodeIfPresent(new, forKey: .new)
        case .enumerator(let name, let old, let new):
            try container.encode("enumerator", forKey: .part)
            try container.encode(name, forKey: .name)
            try container.encodeIfPresent(old, forKey: .old)
            try container.encodeIfPresent(new, forKey: .new)
        case .declaration(let old, let new):
            try container.encode("declaration", forKey: .part)
            try container.encode(old, forKey: .old)
            try container.encode(new, forKey: .new)
        case .arrangement:
            try container.encode("arrangement", forKey: .part)
        }
    }
}

extension MemberPlace: Encodable {
    private enum CodingKeys: String, CodingKey {
        case type
        case bitOffset = "bit_offset"
        case bitfieldWidth = "bitfield_width"
    }

    /// Writes the place as JSON has it; docs/operation.md documents the fields.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(bitOffset, forKey: .bitOffset)
        try container.encodeIfPresent(bitfieldWidth, forKey: .bitfieldWidth)
    }
}
