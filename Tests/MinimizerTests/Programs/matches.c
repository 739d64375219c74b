/* Types that match as wholes. clang 14 does not know this relocation. */
#include "core.h"
typedef int (*handler_t)(struct thing *, const char *, u64);
struct list___same { struct list___same *next, *prev; };
struct list___more { struct list *next, *prev, *third; };
struct inner___sized { int deep[3][4]; };
struct inner___other { int deep[4][3]; };
struct twin___wanted { int a; int only_one; };
struct bits___signed { int low : 3; };
enum color___part { COLOR_RED___part, COLOR_BLUE };
enum color___gone { COLOR_RED___gone, COLOR_GONE___gone };
union either { int number; };
struct thing___few { struct list links; struct inner inners[5]; struct thing *parent; enum color tint; };
struct point_t___not { int x; };

SEC("kprobe/matches") u64 matches(void *context) {
    u64 sum = TYPE(2, struct list___same) + TYPE(2, struct list___more) * 2 + TYPE(2, struct inner___sized) * 4;
    sum += TYPE(2, struct inner___other) * 8 + TYPE(2, struct twin___wanted) * 16 + TYPE(2, enum color___part) * 32;
    sum += TYPE(2, enum color___gone) * 64 + TYPE(2, union either) * 128 + TYPE(2, handler_t) * 256;
    return sum + TYPE(2, struct thing___few) * 512 + TYPE(2, struct bits___signed) * 1024;
}
