/// Writes types in C for a person to read: what they refer to by name, and what has no name as `struct {…}`.
struct TypeText<Source: TypeSource> {
    private let btf: Source
    /// How many more types the text may go through: prototypes without names may contain each other many times over.
    private var budget = 1 << 10

    private init(of btf: Source) { self.btf = btf }

    /// A declaration of something of a type.
    ///
    /// - Parameters:
    ///   - type: the type, of the BTF or its base.
    ///   - name: what is declared, or nothing for the type alone.
    ///   - btf: where the types are read from.
    /// - Returns: the declaration, with `…` where it is deeper or longer than anybody would read.
    static func declaration(of type: TypeID, _ name: String = "", in btf: Source) -> String {
        var text = TypeText(of: btf)
        return text.declaration(of: type, CDeclarator(name), level: 0)
    }

    /// A function's declaration, its parameters' names included.
    static func function(_ name: String, prototype: TypeID, in btf: Source) -> String {
        guard case .functionPrototype(let parts) = btf[prototype] else {
            return declaration(of: prototype, name, in: btf)
        }
        var text = TypeText(of: btf)
        var declarator = CDeclarator(name)
        declarator.addFunction(text.list(parts.parameters, level: 0, withNames: true))
        return text.declaration(of: parts.result, declarator, level: 1)
    }

    private mutating func declaration(of type: TypeID, _ start: CDeclarator, level: Int) -> String {
        var declarator = start
        var qualifiers: [String] = []
        var id = type
        while budget > 0, level < 8 {
            budget -= 1
            let header = btf.header(of: id)
            switch header.kind {
            case .const, .volatile, .restrict, .typeTag:
                let qualifier = qualifier(header)
                // An array and its elements may both be said to be const.
                if !qualifiers.contains(qualifier) { qualifiers.append(qualifier) }
            case .pointer:
                declarator.addPointer(qualifiers)
                qualifiers = []
            case .array:
                guard let array = btf.arrayParts(of: id) else { break }
                declarator.addArray(array.count)
                id = array.element
                continue
            case .functionPrototype:
                guard case .functionPrototype(let prototype) = btf[id] else { break }
                declarator.addFunction(list(prototype.parameters, level: level + 1, withNames: false))
            default: return declarator.declaring((qualifiers + [base(header)]).joined(separator: " "))
            }
            id = header.type
        }
        return declarator.declaring("…")
    }

    private mutating func list(_ parameters: [BTFType.Parameter], level: Int, withNames: Bool) -> String {
        // clang gives a prototype of no parameters one of type void.
        if parameters.isEmpty || parameters.count == 1 && parameters[0].type == .void { return "(void)" }
        var texts: [String] = []
        for (index, parameter) in parameters.enumerated() {
            let isVariadic = index == parameters.count - 1 && parameter.type == .void
            let name = CDeclarator(withNames ? btf.string(at: parameter.name) : "")
            texts.append(isVariadic ? "..." : declaration(of: parameter.type, name, level: level))
        }
        return "(" + texts.joined(separator: ", ") + ")"
    }

    private func qualifier(_ header: TypeHeader) -> String {
        switch header.kind {
        case .const: "const"
        case .volatile: "volatile"
        case .restrict: "restrict"
        default: "__" + btf.string(at: header.name)
        }
    }

    private func base(_ header: TypeHeader) -> String {
        let keyword: String? =
            switch header.sharedKind {
            case .structure: "struct"
            case .union: "union"
            case .enumeration: "enum"
            case .void: "void"
            default: nil
            }
        guard !header.name.isEmpty else { return keyword == "void" ? "void" : "\(keyword ?? "") {…}" }
        let name = btf.string(at: header.name)
        return keyword.map { "\($0) \(name)" } ?? name
    }
}
