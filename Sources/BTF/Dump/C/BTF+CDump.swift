extension BTF {
    /// Prints a header such as vmlinux.h.
    func dumpC(to output: inout some TextOutputStream) throws(BTFError) {
        output.write(Self.headerStart)
        var order = CHeaderOrder(of: self)
        var text = CText(of: self)
        let referenced = referencedOwnTypes()
        for id in ids where isRoot(id, referenced) {
            var statements: [String] = []
            try order.define(id) { (statement) throws(BTFError) in
                switch statement {
                case .declare(let id): statements.append(text.forwardDeclaration(of: id))
                case .define(let id): if let definition = try text.definition(of: id) { statements.append(definition) }
                }
            }
            for statement in statements { output.write(statement + ";\n\n") }
        }
        output.write(Self.headerEnd)
    }

    /// Whether a type is stated for its own sake; an enumeration without a name is when nothing else states it.
    private func isRoot(_ id: TypeID, _ referenced: [Bool]) -> Bool {
        let header = header(of: id)
        switch header.kind {
        case .typedef, .forward: return true
        case .structure, .union: return !header.name.isEmpty
        case .enumeration, .enumeration64:
            return !header.name.isEmpty || header.count > 0 && !referenced[Int(id.rawValue - storage.firstID)]
        default: return false
        }
    }

    private func referencedOwnTypes() -> [Bool] {
        var referenced = [Bool](repeating: false, count: typeCount)
        for start in storage.starts.dropLast() {
            storage.forEachReference(ofRecordAt: Int(start)) { reference in
                if reference >= storage.firstID { referenced[Int(reference - storage.firstID)] = true }
            }
        }
        return referenced
    }

    private static let headerStart = """
        #ifndef __VMLINUX_H__
        #define __VMLINUX_H__

        #ifndef BPF_NO_PRESERVE_ACCESS_INDEX
        #pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
        #endif


        """

    private static let headerEnd = """
        #ifndef BPF_NO_PRESERVE_ACCESS_INDEX
        #pragma clang attribute pop
        #endif

        #endif /* __VMLINUX_H__ */

        """
}
