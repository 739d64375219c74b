/* A subprogram that two programs share: cilium/ebpf settles it with each of them. */
#include "core.h"
struct pair { int first; int second; } CORE;
__attribute__((noinline)) int shared(struct pair *pair) { return FIELD(EXISTS, pair->first) + pair->first; }
static __attribute__((noinline)) int alone(struct pair *pair) { return shared(pair) + 1; }
SEC("kprobe/plain") int plain(struct pair *pair) { return alone(pair); }
SEC("kprobe/more") int more(struct pair *pair) { return shared(pair) + pair->second + FIELD(SIZE, pair->second); }
