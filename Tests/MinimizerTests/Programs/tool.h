/* What the programs that ask real kernels need of libbpf's headers. */
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
#define FIELD(kind, field) __builtin_preserve_field_info(field, kind)
#define TYPE(kind, ...) __builtin_preserve_type_info(*(typeof(__VA_ARGS__) *)0, kind)
#define TYPE_ID(kind, ...) __builtin_btf_type_id(*(typeof(__VA_ARGS__) *)0, kind)
#define ENUMERATOR(kind, type, value) __builtin_preserve_enum_value(*(type *)value, kind)
enum { OFFSET, SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT };
#define ALL(field) (FIELD(OFFSET, field) + FIELD(SIZE, field) * 3 + FIELD(SIGNED, field) * 5 \
                    + FIELD(LSHIFT, field) * 7 + FIELD(RSHIFT, field) * 11)
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
