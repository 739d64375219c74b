/* Several types of the kernel that a local one may stand for, and that agree. */
#include "core.h"
struct twin { int a; int b; } CORE;
struct same_twin { int common; int extra; } CORE;

SEC("kprobe/agree") u64 agree(struct twin *twin) { return twin->a + FIELD(EXISTS, twin->b) + FIELD(SIZE, twin->b); }
SEC("kprobe/narrow") u64 narrow(struct same_twin *twin) { return twin->extra; }
