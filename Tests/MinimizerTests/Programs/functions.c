/* Several programs in a section, subprograms, static functions, global data: places that have to be named. */
#include "core.h"
u64 total;
static volatile const u32 limit = 7;

static __attribute__((noinline)) u64 parent_of(struct thing *thing) {
    return (u64)thing->parent;
}

__attribute__((noinline)) int shared(struct thing *thing) {
    return thing->resized + thing->shifted;
}

SEC("kprobe") int first(struct thing *thing) {
    total += parent_of(thing);
    return shared(thing);
}

SEC("kprobe") int second(struct thing *thing) {
    if (thing->hidden > (int)limit)
        return shared(thing);
    return thing->name[3];
}

SEC("tracepoint") int third(struct thing *thing) {
    return parent_of(thing->parent);
}
