/// The forms that a BTF can be printed in.
public enum DumpFormat: String, CaseIterable, Hashable, Sendable {
    /// A line for each type and part of a type, as `bpftool btf dump` prints.
    case raw
    /// A C header that declares the types, such as vmlinux.h.
    case c
    /// One JSON object with an array of all types, in the schema of `bpftool --json btf dump`.
    case json
}

extension BTF {
    /// Prints the own types, in the order of their ids; as C, in an order that a compiler takes.
    ///
    /// The text is handed over in pieces of one type each, so that memory does not grow with the BTF. C includes the
    /// base's types that the own ones need. Bytes of names that are not UTF-8 are replaced.
    ///
    /// - Parameters:
    ///   - format: the form.
    ///   - output: takes the text.
    /// - Throws: `BTFError` when the types cannot be written as C within bounds: anonymous structs that contain each
    ///   other, or so many of them that the text would be far larger than the types. The other forms never throw.
    public func dump(as format: DumpFormat, to output: inout some TextOutputStream) throws(BTFError) {
        switch format {
        case .raw: dumpRaw(to: &output)
        case .json: dumpJSON(to: &output)
        case .c: try dumpC(to: &output)
        }
    }
}
