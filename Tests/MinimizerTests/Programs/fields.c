/* Offsets, sizes and existence of fields: anonymous members, arrays, flexible arrays, flavours, chains. */
#include "core.h"
struct thing___old { int hidden; struct list links; int gone; } CORE;

struct absent { int member; } CORE;

SEC("kprobe/offsets") u64 offsets(struct thing *thing) {
    u64 sum = thing->hidden + thing->shifted + thing->qualified;
    sum += thing->inners[1].deep[2][3];
    sum += thing->name[9];
    sum += (u64)thing->parent->parent->links.prev;
    sum += thing->last.bytes[5];
    sum += (u64)thing->handler;
    sum += thing[2].resized;
    return sum;
}

SEC("kprobe/existence") u64 existence(struct thing *thing, struct thing___old *old, struct absent *absent) {
    u64 sum = FIELD(EXISTS, thing->hidden) + FIELD(EXISTS, thing->gone) + FIELD(EXISTS, absent->member);
    sum += FIELD(EXISTS, old->links.next) * 2 + FIELD(EXISTS, old->gone) * 4;
    sum += FIELD(EXISTS, thing->inners[1]);
    if (FIELD(EXISTS, thing->gone)) sum += thing->gone;
    return sum + old->hidden;
}

SEC("kprobe/sizes") u64 sizes(struct thing *thing) {
    u64 sum = FIELD(SIZE, thing->name) + FIELD(SIZE, thing->grown) + FIELD(SIZE, thing->inners[1]);
    sum += FIELD(SIZE, thing->tint) + FIELD(SIZE, thing->parent) + FIELD(SIGNED, thing->resized);
    return sum + FIELD(SIGNED, thing->grown) + FIELD(SIGNED, thing->tint) + FIELD(OFFSET, thing->grown);
}


