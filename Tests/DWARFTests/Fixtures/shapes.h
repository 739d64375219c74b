/* What two source files share. */
struct hidden;
struct later;
enum later_enum;

struct list_head {
    struct list_head *next, *prev;
};

typedef unsigned int u32;
typedef unsigned long long u64;
typedef struct { int counter; } atomic_t;
typedef void (*callback_t)(void *data, int code);

struct shared {
    struct list_head list;
    struct hidden *hidden;
    struct later *later;
    atomic_t refs;
    callback_t done;
    const char *restrict_me;
    volatile u32 flags;
};
