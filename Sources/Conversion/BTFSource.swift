/// What a kernel image's BTF is made from.
public enum BTFSource: String, CaseIterable, Hashable, Sendable {
    /// Its DWARF where it has some, else its .BTF section.
    case auto
    /// Its DWARF.
    case dwarf
    /// Its .BTF section.
    case btf
}
