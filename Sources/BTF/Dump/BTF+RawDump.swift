extension BTF {
    /// Prints each type as bpftool 7 does.
    func dumpRaw(to output: inout some TextOutputStream) {
        for id in ids {
            var line = "\(id) \(kind(of: id).standardName) '\(printedName(header(of: id).name))'"
            appendRawDetails(of: self[id], to: &line)
            line += "\n"
            output.write(line)
        }
    }

    /// A name as bpftool prints it: `(anon)` when there is none.
    func printedName(_ offset: StringOffset) -> String { offset.isEmpty ? "(anon)" : string(at: offset) }

    private func appendRawDetails(of type: BTFType, to line: inout String) {
        switch type {
        case .void:
            break
        case .int(let int):
            line += " size=\(int.size) bits_offset=\(int.bitOffset) nr_bits=\(int.bits)"
            line += " encoding=\(int.encoding.printedName)"
        case .pointer(let target), .typedef(_, let target), .volatile(let target), .const(let target),
            .restrict(let target), .typeTag(_, let target, _):
            line += " type_id=\(target.rawValue)"
        case .array(let array):
            line += " type_id=\(array.element.rawValue) index_type_id=\(array.index.rawValue) nr_elems=\(array.count)"
        case .composite(let composite):
            line += " size=\(composite.size) vlen=\(composite.members.count)"
            for member in composite.members {
                line += "\n\t'\(printedName(member.name))' type_id=\(member.type.rawValue)"
                line += " bits_offset=\(member.bitOffset)"
                if member.bitfieldSize != 0 { line += " bitfield_size=\(member.bitfieldSize)" }
            }
        case .enumeration(let enumeration):
            line += " encoding=\(enumeration.printedEncoding) size=\(enumeration.size)"
            line += " vlen=\(enumeration.enumerators.count)"
            let suffix = enumeration.is64Bit ? (enumeration.isSigned ? "LL" : "ULL") : ""
            for enumerator in enumeration.enumerators {
                line += "\n\t'\(printedName(enumerator.name))' val=\(enumeration.printedValue(enumerator))\(suffix)"
            }
        case .forward(_, let isUnion):
            line += " fwd_kind=\(isUnion ? "union" : "struct")"
        case .function(let function):
            line += " type_id=\(function.prototype.rawValue) linkage=\(function.linkage.printedName)"
        case .functionPrototype(let prototype):
            line += " ret_type_id=\(prototype.result.rawValue) vlen=\(prototype.parameters.count)"
            for parameter in prototype.parameters {
                line += "\n\t'\(printedName(parameter.name))' type_id=\(parameter.type.rawValue)"
            }
        case .variable(let variable):
            line += " type_id=\(variable.type.rawValue), linkage=\(variable.linkage.printedName)"
        case .dataSection(let section):
            line += " size=\(section.size) vlen=\(section.entries.count)"
            for entry in section.entries {
                line += "\n\ttype_id=\(entry.variable.rawValue) offset=\(entry.offset) size=\(entry.size)"
                let variable = header(of: entry.variable)
                let kind = variable.kind == .void ? "UNKNOWN" : variable.kind.standardName
                line += " (\(kind) '\(printedName(variable.name))')"
            }
        case .float(_, let size):
            line += " size=\(size)"
        case .declarationTag(let tag):
            line += " type_id=\(tag.target.rawValue) component_idx=\(tag.component)"
        }
    }
}

// MARK: - The words that bpftool uses

extension BTFType.Integer.Encoding {
    var printedName: String {
        switch self {
        case []: "(none)"
        case .signed: "SIGNED"
        case .character: "CHAR"
        case .boolean: "BOOL"
        default: "UNKN"
        }
    }
}

extension BTFType.Enumeration {
    var printedEncoding: String { isSigned ? "SIGNED" : "UNSIGNED" }

    func printedValue(_ enumerator: BTFType.Enumerator) -> String {
        isSigned ? "\(enumerator.value)" : "\(UInt64(bitPattern: enumerator.value))"
    }
}

extension BTFType.Linkage {
    var printedName: String {
        switch self {
        case .static: "static"
        case .global: "global"
        case .extern: "extern"
        default: "(unknown)"
        }
    }

}
