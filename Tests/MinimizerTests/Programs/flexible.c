/* An array that is flexible here and not the last member there: once the member behind it is cut off, it is. */
#include "core.h"
struct early { int count; int items[0]; } CORE;
SEC("kprobe/early") u64 early(struct early *early) {
    return FIELD(OFFSET, early->items) + FIELD(EXISTS, early->items[1]) * 2;
}
