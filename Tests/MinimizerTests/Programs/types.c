/* Ids, existence and size of types: structs, unions, typedefs, prototypes behind pointers. */
#include "core.h"
typedef struct { int x; } point_t;
typedef int (*handler_t)(struct thing *, const char *, u64);
typedef struct thing thing_alias;
union either { int number; } CORE;
struct absent { int member; };
typedef int point_alias;
typedef const volatile thing_alias odd_alias;
enum narrowed { NARROWED_ONE = 1 };

SEC("kprobe/existence") u64 existence(void *context) {
    u64 sum = TYPE(0, struct thing) + TYPE(0, point_t) * 2 + TYPE(0, handler_t) * 4 + TYPE(0, thing_alias) * 8;
    sum += TYPE(0, union either) * 16 + TYPE(0, struct absent) * 32 + TYPE(0, point_alias) * 64;
    return sum + TYPE(0, odd_alias) * 128 + TYPE(0, enum narrowed) * 256;
}

SEC("kprobe/sizes") u64 sizes(void *context) {
    u64 sum = TYPE(1, struct thing) + TYPE(1, point_t) + TYPE(1, handler_t) + TYPE(1, union either);
    return sum + TYPE(1, struct absent) + TYPE(1, enum narrowed) + TYPE(1, struct bits);
}

SEC("kprobe/ids") u64 ids(void *context) {
    u64 sum = __builtin_btf_type_id(ANCHOR(struct thing), 0) + __builtin_btf_type_id(ANCHOR(struct thing), 1);
    sum += __builtin_btf_type_id(ANCHOR(struct absent), 1) + __builtin_btf_type_id(ANCHOR(point_t), 1);
    return sum + __builtin_btf_type_id(ANCHOR(struct absent), 0);
}
