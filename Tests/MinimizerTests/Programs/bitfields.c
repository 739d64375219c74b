/* All that is asked about bitfields. */
#include "core.h"
#define ALL(field) (FIELD(OFFSET, field) + FIELD(SIZE, field) * 3 + FIELD(SIGNED, field) * 5 \
                    + FIELD(LSHIFT, field) * 7 + FIELD(RSHIFT, field) * 11)
SEC("kprobe/bits") u64 bits(struct thing *thing) {
    struct bits *bits = &thing->bits;
    u64 sum = ALL(bits->low) + ALL(bits->middle) + ALL(bits->high) + ALL(bits->long_one) + ALL(bits->crossing);
    sum += ALL(bits->tint) + ALL(bits->tail) + ALL(bits->flag) + ALL(bits->far);
    return sum + FIELD(EXISTS, bits->gone) + ALL(thing->bits.middle);
}
