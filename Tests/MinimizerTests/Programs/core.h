/* What CO-RE programs need of libbpf's headers, and the types of the small kernel as an older one had them. */
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
#define ANCHOR(...) (*(typeof(__VA_ARGS__) *)0)
#define FIELD(kind, field) __builtin_preserve_field_info(field, kind)
#define TYPE(kind, ...) __builtin_preserve_type_info(*(typeof(__VA_ARGS__) *)0, kind)
#define ENUMERATOR(kind, type, value) __builtin_preserve_enum_value(*(type *)value, kind)
enum { OFFSET, SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT };

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum color { COLOR_NONE, COLOR_RED, COLOR_GONE };
struct list { struct list *next, *prev; } CORE;
struct inner { int deep[3][4]; int pad; } CORE;
struct blob { int length; char bytes[]; } CORE;
struct bits {
    u32 low : 4;
    int middle : 5;
    u32 high : 20;
    u64 long_one : 40;
    int crossing : 12;
    enum color tint : 6;
    u8 tail : 2;
    u8 flag : 1;
    u64 far;
    int gone : 3;
} CORE;
struct thing {
    int shifted;
    int hidden;
    int qualified;
    struct inner inners[2];
    char name[16];
    int resized;
    unsigned int grown;
    unsigned long shrunk;
    enum color tint;
    struct thing *parent;
    int (*handler)(struct thing *, const char *, u64);
    struct list links;
    struct bits bits;
    int gone;
    struct blob last;
} CORE;
