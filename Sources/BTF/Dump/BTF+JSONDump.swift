extension BTF {
    /// Prints one object with the array `types`; the keys are those of `bpftool --json btf dump`.
    func dumpJSON(to output: inout some TextOutputStream) {
        var json = JSONWriter()
        json.open("{")
        json.open("[", key: "types")
        for id in ids {
            json.open("{")
            json.field("id", id.rawValue)
            json.field("kind", kind(of: id).standardName)
            json.field("name", printedName(header(of: id).name))
            write(self[id], to: &json)
            json.close("}")
            output.write(json.takeText())
        }
        json.close("]")
        json.close("}")
        output.write(json.takeText() + "\n")
    }

    private func write(_ type: BTFType, to json: inout JSONWriter) {
        switch type {
        case .void:
            break
        case .int(let int):
            json.field("size", int.size)
            json.field("bits_offset", int.bitOffset)
            json.field("nr_bits", int.bits)
            json.field("encoding", int.encoding.printedName)
        case .pointer(let target), .typedef(_, let target), .volatile(let target), .const(let target),
            .restrict(let target), .typeTag(_, let target, _):
            json.field("type_id", target.rawValue)
        case .array(let array):
            json.field("type_id", array.element.rawValue)
            json.field("index_type_id", array.index.rawValue)
            json.field("nr_elems", array.count)
        case .composite(let composite):
            json.field("size", composite.size)
            json.writeParts("members", composite.members) { member, json in
                json.field("name", printedName(member.name))
                json.field("type_id", member.type.rawValue)
                json.field("bits_offset", member.bitOffset)
                if member.bitfieldSize != 0 { json.field("bitfield_size", member.bitfieldSize) }
            }
        case .enumeration(let enumeration):
            json.field("encoding", enumeration.printedEncoding)
            json.field("size", enumeration.size)
            json.writeParts("values", enumeration.enumerators) { enumerator, json in
                json.field("name", printedName(enumerator.name))
                if enumeration.isSigned {
                    json.field("val", enumerator.value)
                } else {
                    json.field("val", UInt64(bitPattern: enumerator.value))
                }
            }
        case .forward(_, let isUnion):
            json.field("fwd_kind", isUnion ? "union" : "struct")
        case .function(let function):
            json.field("type_id", function.prototype.rawValue)
            json.field("linkage", function.linkage.printedName)
        case .functionPrototype(let prototype):
            json.field("ret_type_id", prototype.result.rawValue)
            json.writeParts("params", prototype.parameters) { parameter, json in
                json.field("name", printedName(parameter.name))
                json.field("type_id", parameter.type.rawValue)
            }
        case .variable(let variable):
            json.field("type_id", variable.type.rawValue)
            json.field("linkage", variable.linkage.printedName)
        case .dataSection(let section):
            json.field("size", section.size)
            json.writeParts("vars", section.entries) { entry, json in
                json.field("type_id", entry.variable.rawValue)
                json.field("offset", entry.offset)
                json.field("size", entry.size)
            }
        case .float(_, let size):
            json.field("size", size)
        case .declarationTag(let tag):
            json.field("type_id", tag.target.rawValue)
            json.field("component_idx", tag.component)
        }
    }
}

extension JSONWriter {
    /// Writes the number of a type's parts as `vlen`, and an array with an object for each.
    fileprivate mutating func writeParts<Part>(
        _ key: String,
        _ parts: [Part],
        _ body: (Part, inout JSONWriter) -> Void
    ) {
        field("vlen", parts.count)
        open("[", key: key)
        for part in parts {
            open("{")
            body(part, &self)
            close("}")
        }
        close("]")
    }
}
