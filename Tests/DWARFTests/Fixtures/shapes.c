/* Every shape of C type that BTF has a word for. */
#include "shapes.h"

#define PERCPU __attribute__((section(".data..percpu"), used))

enum small { SMALL_A, SMALL_B = 5, SMALL_C = 200 };
enum negative { NEGATIVE = -3, POSITIVE = 3 };
enum wide { WIDE_ONE = 1, WIDE = 0x1234567890ULL };
enum wide_negative { WIDE_MINUS = -0x1234567890LL, WIDE_PLUS = 1 };
enum __attribute__((packed)) tiny { TINY_A, TINY_B };
enum { ANONYMOUS_ONE = 1, ANONYMOUS_TWO };

struct bits {
    unsigned a : 3;
    unsigned b : 7;
    int c : 12;
    u64 d : 40;
    enum small e : 4;
    _Bool f : 1;
    unsigned : 0;
    unsigned char g : 2;
};

union bit_union {
    unsigned a : 5;
    u64 b : 33;
    unsigned char c;
};

struct __attribute__((packed)) tight {
    char a;
    int b;
    long long c;
};

struct __attribute__((aligned(64))) loose {
    char a;
};

struct arrays {
    int flat[10];
    int grid[3][4];
    char cube[2][3][5];
    int nothing[0];
    struct list_head lists[2];
    int (*pointer_to_array)[7];
    int flexible[];
};

struct anonymous {
    int before;
    union {
        struct {
            short low, high;
        };
        int whole;
        struct {
            struct { char deep; } nested;
        } named;
    };
    struct {
        int inner;
    } member;
    enum { INSIDE_A, INSIDE_B } choice;
};

struct empty {};

struct numbers {
    char c;
    signed char sc;
    unsigned char uc;
    short s;
    unsigned short us;
    int i;
    unsigned u;
    long l;
    unsigned long ul;
    long long ll;
    unsigned long long ull;
    _Bool b;
    float f;
    double d;
#ifdef __SIZEOF_INT128__
    __int128 i128;
    unsigned __int128 u128;
#endif
    void *p;
    const volatile int *const cv;
    char *restrict r;
    int (*variadic)(const char *format, ...);
    void (*unprototyped)();
    struct numbers *(*self)(struct numbers *, callback_t, int [4]);
};

struct later {
    int defined;
    enum later_enum *declared_only;
    struct never_defined *never;
    union never_a_union *never_either;
};

struct tree {
    struct tree *left, *right;
    struct { struct tree *parent; } up;
    void (*visit)(struct tree *, void (*)(struct tree *));
};

struct shared shapes_shared;
struct numbers shapes_numbers;
struct arrays shapes_arrays;
struct anonymous shapes_anonymous;
struct bits shapes_bits;
union bit_union shapes_bit_union;
struct tight shapes_tight;
struct loose shapes_loose;
struct empty shapes_empty;
struct later shapes_later;
struct tree shapes_tree;
enum small shapes_small;
enum negative shapes_negative;
enum wide shapes_wide;
enum wide_negative shapes_wide_negative;
enum tiny shapes_tiny;
int shapes_anonymous_enum = ANONYMOUS_TWO;

int percpu_first PERCPU = 1;
struct list_head percpu_list PERCPU = { 0, 0 };
static u64 percpu_static PERCPU = 4;

static __attribute__((noinline)) int local_static(const struct tree *tree, u32 depth)
{
    return tree->left ? (int)depth : 0;
}

static inline int inlined_only(int x) { return x * 3; }

int with_local_types(int n)
{
    struct local { int a, b; } local = { n, inlined_only(n) };
    enum { LOCAL_A = 7, LOCAL_B } choice = n ? LOCAL_A : LOCAL_B;
    typedef struct local local_alias;
    local_alias *alias = &local;
    char buffer[17];
    {
        union block_union { long l; char c[8]; } block = { .l = n };
        buffer[n & 15] = block.c[0];
    }
    return alias->a + alias->b + (int)choice + buffer[0];
}

int variadic(const char *format, ...) { return format[0]; }
void nothing(void) {}
u64 many(int a, long b, struct tree c, union bit_union d, char e[static 4], callback_t f)
{
    return a + b + local_static(&c, d.a) + e[0] + (f != 0);
}
const char *const *pointers(const char *const **in) { return *in; }
