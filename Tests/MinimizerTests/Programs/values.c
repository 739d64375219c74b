/* Runs natively and prints what is true of the small kernel's types, in the words of the relocation log. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "target.c"
#define OFFSET(type, field) printf("byte_off " #type "." #field " %zu\n", offsetof(struct type, field))
#define SIZE(type, field) printf("byte_sz " #type "." #field " %zu\n", sizeof(((struct type *)0)->field))
#define FIELD_SIGNED(type, field) printf("signed " #type "." #field " %d\n", (typeof(((struct type *)0)->field))-1 < 0)
#define TYPE_SIZE(name, ...) printf("type_size " name " %zu\n", sizeof(__VA_ARGS__))
#define VALUE(path, value) printf("enumval_value " path " %lld\n", (long long)(value))
#define BITS(field, v) do { \
    struct bits bits; memset(&bits, 0, sizeof bits); bits.field = v; \
    printf("bits bits." #field " %lld ", (long long)bits.field); \
    for (size_t i = 0; i < sizeof bits; i++) printf("%02x", ((unsigned char *)&bits)[i]); \
    printf("\n"); memset(&bits, 0xff, sizeof bits); bits.field = 0; \
    printf("bits bits." #field " 0 "); \
    for (size_t i = 0; i < sizeof bits; i++) printf("%02x", ((unsigned char *)&bits)[i]); \
    printf("\n"); } while (0)

int main(void) {
    OFFSET(thing, hidden); OFFSET(thing, shifted); OFFSET(thing, qualified); OFFSET(thing, name[9]);
    OFFSET(thing, parent); OFFSET(thing, handler); OFFSET(thing, grown); OFFSET(thing, last.bytes[5]);
    printf("byte_off thing[2].resized %zu\n", 2 * sizeof(struct thing) + offsetof(struct thing, resized));
    OFFSET(thing, links.prev);
    SIZE(thing, name); SIZE(thing, grown); SIZE(thing, inners[1]); SIZE(thing, tint); SIZE(thing, parent);
    FIELD_SIGNED(thing, resized); FIELD_SIGNED(thing, grown); FIELD_SIGNED(thing, tint);
    TYPE_SIZE("struct thing", struct thing); TYPE_SIZE("point_t", point_t); TYPE_SIZE("handler_t", handler_t);
    TYPE_SIZE("union either", union either); TYPE_SIZE("enum narrowed", enum narrowed);
    TYPE_SIZE("struct bits", struct bits);
    VALUE("color::COLOR_RED", COLOR_RED); VALUE("color::COLOR_BLUE", COLOR_BLUE); VALUE("color::COLOR_MANY", COLOR_MANY);
    VALUE("wide::WIDE_LARGE", WIDE_LARGE); VALUE("wide::WIDE_SMALL", WIDE_SMALL);
    /* libbpf reads enumerators of 32 bits as signed ones. */
    VALUE("shade::SHADE_TOP", (int)SHADE_TOP);
    BITS(low, 5); BITS(middle, -33); BITS(middle, 41); BITS(high, 0x2aaaaa); BITS(long_one, 0x155555555ull);
    BITS(crossing, -300000); BITS(crossing, 300001); BITS(tint, -3); BITS(tint, 7); BITS(tail, 19); BITS(flag, 1);
    BITS(far, 0x123456789abcdef0ull);
    return 0;
}
