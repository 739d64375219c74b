/* Shares the header, completes what shapes.c only declares, and has types of its own by names that shapes.c uses too. */
#include "shapes.h"

struct hidden {
    struct shared *owner;
    u32 secret;
};

enum later_enum { LATER_ONE = 1, LATER_TWO };

/* Not the struct tree of shapes.c. */
struct tree {
    struct forest *forest;
    long height;
};

struct forest {
    struct tree *trees[4];
    struct list_head list;
};

struct user_of_tree {
    struct tree *tree;
    struct list_head plain;
};

struct hidden other_hidden;
struct forest other_forest;
struct user_of_tree other_user;
enum later_enum other_later;

int other_function(struct tree *tree, struct hidden *hidden) { return (int)tree->height + (int)hidden->secret; }
/* Not changed by the compiler, which Debian 12's pahole would leave out. */
static __attribute__((noinline, noipa)) int tall(struct forest *forest) { return forest->trees[0]->height > 3; }
int other_caller(struct forest *forest) { return tall(forest); }
