// Relocations that run only under a check, for the analysis of control flow.
#define __core __attribute__((preserve_access_index))
#define field_exists(field) __builtin_preserve_field_info(field, 2)
#define section(name) __attribute__((section(name), used))

struct task_struct___new { unsigned int __state; } __core;
struct task_struct___old { long state; } __core;
struct task_struct { int pid; } __core;
struct mm_struct { unsigned long gone; } __core;
struct gone { int x; } __core;

section("kprobe/either") long either(void *task)
{
    struct task_struct___new *new = task;
    if (field_exists(new->__state))
        return new->__state;
    struct task_struct___old *old = task;
    return old->state;
}

// The answer goes through memory, so that nothing is known of it any more.
section("kprobe/hidden") long hidden(struct mm_struct *mm, volatile int *place)
{
    *place = field_exists(mm->gone);
    return *place ? mm->gone : 0;
}

section("kprobe/type") long type(struct gone *gone)
{
    return __builtin_preserve_type_info(*gone, 0) ? gone->x : 0;
}

section("kprobe/bare") long bare(struct task_struct *task) { return task->pid; }

// The check is there, but the read comes before it.
section("kprobe/late") long late(struct mm_struct *mm, volatile long *place)
{
    *place = mm->gone;
    return field_exists(mm->gone) ? 1 : *place;
}

char _license[] section("license") = "GPL";
