/// Gives each type of a C header a name that is an identifier and stands for nothing else.
///
/// C has two sets of names here: tags (struct, union, enum), and ordinary identifiers (typedefs and enumerators). The
/// second type of a name becomes `name___2`, a flavour that CO-RE resolves to `name`.
struct CNames {
    private let btf: BTF
    private var names: [TypeID: String] = [:]
    private var tags: [String: Tag] = [:]
    private var identifiers: [String: Int] = [:]

    private struct Tag {
        let keyword: String
        var definitions: Int
    }

    /// Starts with no names given.
    init(of btf: BTF) { self.btf = btf }

    /// A struct, union, enumeration or forward declaration with its keyword, such as `struct task_struct`.
    mutating func tagged(_ id: TypeID) -> String {
        if let known = names[id] { return known }
        let header = btf.header(of: id)
        let keyword = Self.keyword(header)
        let plain = header.name.isEmpty ? "__anonymous" : Self.identifier(btf.string(at: header.name))
        let name = "\(keyword) \(uniqueTag(plain, keyword, isDefinition: Self.isDefinition(header)))"
        names[id] = name
        return name
    }

    /// A typedef's name.
    mutating func typedef(_ id: TypeID) -> String {
        if let known = names[id] { return known }
        let name = enumerator(btf.header(of: id).name)
        names[id] = name
        return name
    }

    /// A name for an enumerator; each call gives a new one.
    mutating func enumerator(_ offset: StringOffset) -> String {
        let plain = Self.identifier(btf.string(at: offset))
        let number = identifiers[plain, default: 0] + 1
        identifiers[plain] = number
        return number == 1 ? plain : "\(plain)___\(number)"
    }

    private mutating func uniqueTag(_ plain: String, _ keyword: String, isDefinition: Bool) -> String {
        guard var tag = tags[plain] else {
            tags[plain] = Tag(keyword: keyword, definitions: isDefinition ? 1 : 0)
            return plain
        }
        if tag.keyword == keyword, !isDefinition || tag.definitions == 0 {
            if isDefinition { tags[plain]?.definitions = 1 }
            return plain
        }
        tag.definitions = max(tag.definitions, 1) + 1
        tags[plain] = tag
        return "\(plain)___\(tag.definitions)"
    }

    private static func keyword(_ header: TypeHeader) -> String {
        switch header.kind {
        case .enumeration, .enumeration64: "enum"
        case .union: "union"
        case .forward where header.kindFlag: "union"
        default: "struct"
        }
    }

    private static func isDefinition(_ header: TypeHeader) -> Bool {
        header.kind.isComposite || header.count > 0
    }

    /// A text with all that C does not take in an identifier replaced.
    static func identifier(_ text: String) -> String {
        if text.utf8.allSatisfy(isIdentifierByte), text.utf8.first.map(isDigit) == false { return text }
        let body = String(decoding: text.utf8.map { isIdentifierByte($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        return text.utf8.first.map(isDigit) == false ? body : "_" + body
    }

    /// The words of a basic type, such as `long unsigned int`.
    static func words(_ text: String) -> String {
        text.split(separator: " ").map { identifier(String($0)) }.joined(separator: " ")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_")
            || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
}
