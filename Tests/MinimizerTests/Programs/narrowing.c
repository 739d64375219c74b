/* The first relocation leaves two candidates to the second, which only one of them matches. */
#include "core.h"
struct same_twin { int common; int extra; } CORE;
SEC("kprobe/common") u64 common(struct same_twin *twin) { return twin->common; }
SEC("kprobe/extra") u64 extra(struct same_twin *twin) { return twin->extra; }
