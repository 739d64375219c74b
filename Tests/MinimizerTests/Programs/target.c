/* A small kernel: gcc and pahole make BTF of it. Its structs differ from the programs' as kernels differ. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum color { COLOR_NONE, COLOR_RED = 7, COLOR_BLUE = -3, COLOR_MANY = 0x7fffffff };
enum shade { SHADE_A = 1u, SHADE_TOP = 0xfffffff0u };
enum wide { WIDE_SMALL = 5, WIDE_LARGE = 0x123456789abLL };
enum narrowed { NARROWED_ONE = 1, NARROWED_TWO = 2 };

struct list { struct list *next, *prev; };
struct blob { int length; char bytes[]; };
struct early { int count; int items[0]; int after; };

struct inner { int pad; int deep[3][4]; };

struct bits {
    u32 lead;
    u32 low : 3;
    int middle : 7;
    u32 high : 22;
    u64 long_one : 33;
    int crossing : 20;
    enum color tint : 9;
    u8 tail : 5;
    u8 flag : 1;
    u64 far;
};

struct thing {
    struct list links;
    union {
        struct {
            int shifted;
            union { int hidden; u64 hidden_wide; };
        };
        long other;
    };
    volatile const int qualified;
    struct inner inners[5];
    char name[32];
    int resized;
    unsigned long grown;
    unsigned short shrunk;
    enum color tint;
    struct thing *parent;
    int (*handler)(struct thing *, const char *, u64);
    struct bits bits;
    struct blob last;
};

struct twin___one { int a; int b; int only_one; };
struct twin___two { int a; int b; };
struct same_twin___copy { char pad[12]; int common; };
struct same_twin { char pad[12]; int common; int extra; };

struct pair___one { int first; };
struct pair___two { long pad; int first; int second; };
typedef struct { long pad; int inside; } only_named;

typedef struct { int x; int y; } point_t;
typedef int (*handler_t)(struct thing *, const char *, u64);
typedef struct thing thing_alias;
union either { int number; float real; struct list links; };
typedef const volatile thing_alias odd_alias;

struct thing thing_0; struct blob *blob_0; struct early early_0; point_t point_0; handler_t handler_0; union either either_0;
thing_alias alias_0; odd_alias *odd_0;
struct twin___one one_0; struct twin___two two_0; struct same_twin___copy same_0; struct same_twin same_1;
struct pair___one pair_1; struct pair___two pair_2; only_named named_0;
enum shade shade_0; enum wide wide_0; enum narrowed narrowed_0;
