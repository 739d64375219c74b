/* Existence and values of enumerators, of 32 and of 64 bits. */
#include "core.h"
enum color___v2 { COLOR_BLUE___v2 = 1, COLOR_MANY = 2 };
enum shade { SHADE_TOP = 1, SHADE_GONE = 2 };
enum wide { WIDE_LARGE = 1LL << 40, WIDE_SMALL = 6, WIDE_GONE = 7 };
enum absent { ABSENT_ONE = 1 };

SEC("kprobe/existence") u64 existence(void *context) {
    u64 sum = ENUMERATOR(0, enum color, COLOR_RED) + ENUMERATOR(0, enum color, COLOR_GONE);
    sum += ENUMERATOR(0, enum wide, WIDE_GONE) + ENUMERATOR(0, enum absent, ABSENT_ONE);
    return sum + ENUMERATOR(0, enum shade, SHADE_TOP);
}

SEC("kprobe/values") u64 values(void *context) {
    u64 sum = ENUMERATOR(1, enum color, COLOR_RED) + ENUMERATOR(1, enum color___v2, COLOR_BLUE___v2);
    sum += ENUMERATOR(1, enum shade, SHADE_TOP) + ENUMERATOR(1, enum wide, WIDE_LARGE);
    sum += ENUMERATOR(1, enum color___v2, COLOR_MANY);
    if (ENUMERATOR(0, enum color, COLOR_GONE)) sum += ENUMERATOR(1, enum color, COLOR_GONE);
    return sum + ENUMERATOR(1, enum wide, WIDE_SMALL);
}
