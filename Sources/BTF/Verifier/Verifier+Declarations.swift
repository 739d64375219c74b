// MARK: - Functions, variables, sections and tags

extension Verifier {
    mutating func check(_ function: BTFType.Function, _ id: TypeID) {
        checkLinkage(function.linkage, id)
        if btf.kind(of: function.prototype) != .functionPrototype {
            note(id, .references, "its type \(function.prototype) is no FUNC_PROTO")
        }
    }

    mutating func check(_ prototype: BTFType.FunctionPrototype, _ id: TypeID) {
        if prototype.result != .void, sizes[prototype.result] == nil, !isVoid(prototype.result) {
            note(id, .references, "it returns type \(prototype.result), which has no size")
        }
        for (index, parameter) in prototype.parameters.enumerated() {
            if !isEmpty(parameter.name), !isIdentifier(parameter.name) { noteName(parameter.name, of: id) }
            if parameter.type == .void {
                if index != prototype.parameters.count - 1 || !isEmpty(parameter.name) {
                    note(id, .references, "parameter \(index) is void and not the last, nameless one")
                }
            } else if sizes[parameter.type] == nil, !mayBeIncomplete(parameter.type) {
                note(id, .references, "parameter \(index) is of type \(parameter.type), which has no size")
            }
        }
    }

    mutating func check(_ variable: BTFType.Variable, _ id: TypeID) {
        checkLinkage(variable.linkage, id)
        checkReferenced(variable.type, by: id, allowsVoid: variable.linkage == .extern)
        if sizes[variable.type] == nil, variable.linkage != .extern, variable.type != .void {
            note(id, .references, "its type \(variable.type) has no size")
        }
    }

    mutating func check(_ section: BTFType.DataSection, _ id: TypeID) {
        var end: UInt64 = 0
        for entry in section.entries {
            let kind = btf.kind(of: entry.variable)
            if kind != .variable, kind != .function {
                note(id, .references, "an entry is type \(entry.variable), a \(kind.standardName)")
            }
            // A compiler leaves the section's size, and often the offsets, for libbpf to fill in.
            guard section.size != 0 else { continue }
            if UInt64(entry.offset) < end {
                note(id, .sections, "the variable at offset \(entry.offset) starts before the last one ends")
            }
            end = UInt64(entry.offset) + UInt64(entry.size)
            if entry.size == 0 || end > UInt64(section.size) {
                let reason = "\(entry.size) bytes at offset \(entry.offset) do not fit the size of \(section.size)"
                note(id, .sections, reason)
            }
        }
    }

    mutating func check(_ tag: BTFType.DeclarationTag, _ id: TypeID) {
        let target = btf.header(of: tag.target)
        let parts: Int?
        switch target.kind {
        case .structure, .union: parts = target.count
        case .function: parts = btf.header(of: target.type).count
        case .variable, .typedef: parts = nil
        default:
            note(id, .references, "a DECL_TAG cannot stand on a \(target.kind.standardName)")
            return
        }
        if tag.component < -1 || tag.component >= 0 && Int(tag.component) >= parts ?? 0 {
            note(id, .references, "type \(tag.target) has no part \(tag.component)")
        }
    }

    private mutating func checkLinkage(_ linkage: BTFType.Linkage, _ id: TypeID) {
        if linkage.rawValue > BTFType.Linkage.extern.rawValue {
            note(id, .linkage, "linkage \(linkage.rawValue) is not known")
        }
    }

    private func isVoid(_ id: TypeID) -> Bool { resolved(id) == .void }

    /// A declaration may take or return what its file only declares.
    private func mayBeIncomplete(_ id: TypeID) -> Bool { btf.kind(of: resolved(id)) == .forward }
}
