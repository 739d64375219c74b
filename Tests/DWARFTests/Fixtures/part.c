/* The module's second source file. */
#include "shapes.h"

struct own;

struct elsewhere {
    struct own *own;
    struct shared shared;
    long values[];
};

u64 elsewhere_sum(const struct elsewhere *elsewhere, atomic_t *counter)
{
    return elsewhere->shared.flags + (u64)counter->counter + (u64)elsewhere->values[0];
}
