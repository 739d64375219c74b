/* A module of the kernel that shapes.c and other.c are. */
#include "shapes.h"

struct own;
struct elsewhere;

struct entry {
    struct list_head list;
    struct shared *shared;
    struct own *owner;
    struct elsewhere *elsewhere;
    callback_t done;
    unsigned kind: 3, rest: 5;
    union {
        u32 word;
        u64 number;
    };
    const char *const *names[4];
};

struct own {
    struct entry *entries;
    enum { IDLE, BUSY = 7 } state;
    struct { int x, y; } place;
    int (*open)(struct own *own, const struct shared *shared);
};

typedef struct own own_t;

__attribute__((section(".data..percpu"), used)) long counter = 5;
__attribute__((section(".data..percpu"), used)) struct own *current_own = 0;
__attribute__((section(".data"), used)) struct entry plain = {};

__attribute__((noinline)) int own_open(struct own *own, const struct shared *shared)
{
    return own->place.x + (int)shared->flags;
}

int own_start(own_t *own, struct entry *entry)
{
    entry->owner = own;
    return own_open(own, entry->shared);
}
