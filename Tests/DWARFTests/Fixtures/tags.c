/* What clang notes of btf_decl_tag and btf_type_tag, on everything that they may stand on. */
#define tag1 __attribute__((btf_type_tag("tag1")))
#define tag2 __attribute__((btf_type_tag("tag2")))
#define d1 __attribute__((btf_decl_tag("d1")))
#define d2 __attribute__((btf_decl_tag("d2")))
#define d3 __attribute__((btf_decl_tag("d3")))
#define PERCPU __attribute__((section(".data..percpu"), used))
struct plain { int a; };
struct s { int a d1; int tag1 *b d2 d3; struct s tag1 tag2 *c; int d:3 d1; const char tag2 * tag1 *e; int tag1 **f; const volatile char tag2 tag1 *g;} d1 d2;
union u { int a; long b d3; } d3;
typedef struct s *alias d1;
typedef int tag1 *talias;
struct s x; union u y; struct plain z;
alias w; talias v;
int percpu_first PERCPU d2 = 1;
int tag2 *percpu_second PERCPU = 0;
int fun(int a d1, long b, struct s tag2 *c d2 d3) d1 d3;
int fun(int a d1, long b, struct s tag2 *c d2 d3) { return a + b + c->a; }
/* Not changed by the compiler, which Debian 12's pahole would leave out. */
static int __attribute__((noinline, noipa)) fun2(int tag1 *a) { return *a + 1; }
int fun3(void tag1 *a) { return fun2(a) + fun2(a); }
void tag1 *p;
int (tag1 *fp)(int);
