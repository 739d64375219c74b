/* A module of the small kernel: types of its own, one that the kernel has too, and references into the kernel's. */
#include "target.c"
struct only_here { int first; struct inner inner; struct thing *thing; int second; };
struct list___again { struct list *next; };
struct only_here here_0; struct list___again again_0;
