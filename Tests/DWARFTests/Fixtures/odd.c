/* Rarer shapes of C types: lengths that vary, enumerations of every width and sign, bitfields of them, odd layouts. */
enum __attribute__((packed)) byte_signed { BYTE_MINUS = -128, BYTE_PLUS = 127 };
enum __attribute__((packed)) byte_unsigned { BYTE_MOST = 255 };
enum __attribute__((packed)) half_signed { HALF_MINUS = -32768, HALF_PLUS = 32767 };
enum __attribute__((packed)) half_unsigned { HALF_MOST = 65535 };
enum word_signed { WORD_MINUS = -2147483647 - 1, WORD_PLUS = 2147483647 };
enum word_unsigned { WORD_MOST = 4294967295U };
enum long_signed { LONG_MINUS = -9223372036854775807LL - 1, LONG_PLUS = 9223372036854775807LL };
enum long_unsigned { LONG_MOST = 18446744073709551615ULL, LONG_NONE = 0 };
typedef enum { TYPEDEF_ONLY = 3 } named_by_typedef;
enum single { ONE_VALUE };

struct enum_bits {
    enum byte_unsigned a : 8;
    enum word_signed b : 31;
    enum single c : 1;
    named_by_typedef d : 5;
    const enum word_unsigned e : 32;
    volatile unsigned long long f : 63;
    long long g : 1;
};

union union_bits {
    enum word_unsigned a : 3;
    long long b : 47;
    unsigned char c : 8;
    struct { unsigned low : 4, high : 28; };
    enum byte_signed d : 4;
};

struct __attribute__((packed, aligned(4))) packed_bits {
    char first;
    unsigned a : 9, b : 15;
    unsigned long long c : 33;
    short last __attribute__((aligned(2)));
};

struct over_aligned { char c __attribute__((aligned(128))); } __attribute__((aligned(256)));

struct lengths {
    int none[0];
    int none_in_the_middle[3][0][5];
    struct { int inner_none[0]; } inner;
    char (*pointer_to_none)[0];
    char (*pointer_to_unknown)[];
    struct never_there *(*pointer_to_never)[2];
    char last[];
};

struct outer {
    struct inside { int of_inside; union { int a; struct deeper { char d; } b; } u; } *first;
    struct inside second;
    enum inside_enum { INSIDE } third;
    struct inside_declared *declared;
};

struct inside_user { struct deeper d; enum inside_enum e; union undeclared *u; };

struct enum_bits odd_enum_bits;
union union_bits odd_union_bits;
struct packed_bits odd_packed_bits;
struct over_aligned odd_over_aligned;
struct lengths odd_lengths;
struct inside_user odd_inside_user;
struct outer odd_outer;
enum byte_signed odd_byte_signed;
enum half_signed odd_half_signed;
enum half_unsigned odd_half_unsigned;
enum long_signed odd_long_signed;
enum long_unsigned odd_long_unsigned;

extern int odd_unknown[];
int odd_use(void) { return odd_unknown[0]; }
int odd_unknown[3] = { 1 };

int variable_length(int n, int grid[n][n])
{
    int local[n];
    struct { char text[4]; int count; } anonymous_local = { "ab", n };
    local[n - 1] = grid[0][0];
    {
        enum deep_local { DEEP = -5 } deep = DEEP;
        typedef struct { long l; } block_typedef;
        block_typedef block = { deep };
        static union { int s; float f; } of_static = { 3 };
        local[0] += block.l + of_static.s;
    }
    return local[n / 2] + anonymous_local.count;
}

static __attribute__((noinline)) int unnamed_parameter(int a, int);
static __attribute__((noinline)) int unnamed_parameter(int a, int b) { return a * b; }
int caller(int n) { return unnamed_parameter(n, n); }
struct returned { int a, b; } returning(struct returned in) { return in; }
_Bool boolean(_Bool b, char c, signed char s, unsigned char u) { return b && c && s && u; }
_Noreturn void never_returns(void) { for (;;) ; }
