/* Functions that a converter keeps and leaves out; with functions2.c. */
struct pair { int first, second; };
struct word { int value; };

int plain(struct pair *pair, int weight) { return pair->first * weight; }

/* Taken out of the registers that the calling convention gives: %ecx and %edx instead of %edi and %esi. */
__attribute__((ms_abi)) int elsewhere(int first, int second) { return first - second; }

/* The same beside a struct, which spoils the counting of registers. */
__attribute__((ms_abi)) int beside_struct(struct word word, int second) { return word.value - second; }

/* Changed by the compiler: called with one constant only. */
static __attribute__((noinline)) int changed(int value, int factor) { return value * factor + value / factor; }
int calls_changed(int value) { return changed(value, 3) + changed(value + 1, 3); }

/* Inlined into its caller and kept as well. */
int inlined(int value) { return value * 5 + 1; }
int calls_inlined(int value) { return inlined(value + 2); }

/* In both files: differing in names and const only, and in a type. */
static __attribute__((noinline)) int alike(const struct pair *pair) { return pair->first; }
int calls_alike(struct pair *pair) { return alike(pair); }
static __attribute__((noinline)) int unlike(int value) { return value % 7; }
int calls_unlike(int value) { return unlike(value); }
