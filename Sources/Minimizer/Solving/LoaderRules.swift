/// Whose rules decide what a relocation comes to.
public enum LoaderRules: String, CaseIterable, Hashable, Sendable {
    /// libbpf's, which decides about one relocation after another: `bpf_core_calc_relo_insn` of its `relo_core.c`.
    case libbpf
    /// cilium/ebpf's, which chooses one type of the kernel for all relocations of a local type: `CORERelocate` of its
    /// `btf/core.go`.
    case cilium
}
