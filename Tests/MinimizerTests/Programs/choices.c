/* Where cilium/ebpf takes another type of the kernel than libbpf, or takes one where libbpf takes none. */
#include "core.h"
/* Two flavours, the first of which has only the first member: the second one answers more. */
struct pair { int first; int second; } CORE;
/* A typedef of the kernel for a struct of that name here. */
struct only_named { int inside; } CORE;
/* A union of the kernel for a struct here. */
struct either { int number; } CORE;
SEC("kprobe/first") u64 first(struct pair *pair) { return FIELD(EXISTS, pair->first); }
SEC("kprobe/both") u64 both(struct pair *pair) { return FIELD(EXISTS, pair->first) + FIELD(EXISTS, pair->second); }
SEC("kprobe/named") u64 named(struct only_named *named, struct either *either) {
    return named->inside + FIELD(EXISTS, either->number);
}
