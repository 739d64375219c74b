/* See functions.c. */
struct pair { int first, second; };

static __attribute__((noinline)) int alike(struct pair *other) { return other->second; }
int calls_alike_again(struct pair *pair) { return alike(pair); }
static __attribute__((noinline)) int unlike(long value) { return value % 5; }
int calls_unlike_again(long value) { return unlike(value); }
