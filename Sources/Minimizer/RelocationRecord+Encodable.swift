/// The relocation log as JSON, an object per record; docs/relocation-log.md documents the fields.
extension RelocationRecord: Encodable {
    private enum Keys: String, CodingKey {
        case object, section, function, instruction, source, kind, local, target, value, outcome, reason
    }

    private enum SourceKeys: String, CodingKey { case file, line, column, text }

    private enum SideKeys: String, CodingKey {
        case root, access, path, value, module
        case typeID = "type_id"
        case bitOffset = "bit_offset"
    }

    /// Writes the record; what is not known is null, so that every record has the same fields.
    ///
    /// - Parameter encoder: what to write to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(object, forKey: .object)
        try container.encode(location.section, forKey: .section)
        try container.encode(location.function, forKey: .function)
        try container.encode(location.index, forKey: .instruction)
        try container.encode(kind.name, forKey: .kind)
        try container.encode(value, forKey: .value)
        try container.encode(outcome.rawValue, forKey: .outcome)
        try container.encode(reason, forKey: .reason)
        if let source = location.source {
            var line = container.nestedContainer(keyedBy: SourceKeys.self, forKey: .source)
            try line.encode(source.file, forKey: .file)
            try line.encode(source.line, forKey: .line)
            try line.encode(source.column, forKey: .column)
            try line.encode(source.text, forKey: .text)
        } else {
            try container.encodeNil(forKey: .source)
        }
        var side = container.nestedContainer(keyedBy: SideKeys.self, forKey: .local)
        try side.encode(local.root, forKey: .root)
        try side.encode(local.typeID, forKey: .typeID)
        try side.encode(local.access, forKey: .access)
        try side.encode(local.path, forKey: .path)
        try side.encode(local.value, forKey: .value)
        guard let target else { return try container.encodeNil(forKey: .target) }
        side = container.nestedContainer(keyedBy: SideKeys.self, forKey: .target)
        try side.encode(target.module, forKey: .module)
        try side.encode(target.root, forKey: .root)
        try side.encode(target.typeID.rawValue, forKey: .typeID)
        try side.encode(target.access, forKey: .access)
        try side.encode(target.path, forKey: .path)
        try side.encode(target.bitOffset, forKey: .bitOffset)
        try side.encode(target.value, forKey: .value)
    }
}
