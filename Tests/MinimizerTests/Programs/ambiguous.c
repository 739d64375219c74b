/* Two types of the kernel that answer differently. */
#include "core.h"
struct twin { int a; } CORE;
struct same_twin { int common; } CORE;
SEC("kprobe/size") u64 size(void *context) { return TYPE(1, struct twin); }
SEC("kprobe/id") u64 id(void *context) { return __builtin_btf_type_id(ANCHOR(struct same_twin), 1); }
SEC("kprobe/common") u64 common(struct same_twin *twin) { return twin->common; }
