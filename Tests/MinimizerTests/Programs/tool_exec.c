/* What runs: parents, arguments, the file, capabilities that changed their type. */
#include "tool.h"
typedef struct { u32 val; } kuid_t;
struct kernel_cap_struct { u32 cap[2]; } CORE;
typedef struct kernel_cap_struct kernel_cap_t;
typedef struct { u64 val; } CORE kernel_cap_t___new;
struct cred { kuid_t uid; kernel_cap_t cap_effective; } CORE;
struct cred___new { kernel_cap_t___new cap_effective; } CORE;
struct file { long long f_pos; } CORE;
struct mm_struct { unsigned long arg_start, arg_end, total_vm; struct file *exe_file; } CORE;
struct rlimit { unsigned long rlim_cur, rlim_max; } CORE;
struct signal_struct { int group_exit_code; struct rlimit rlim[16]; struct tty_struct *tty; } CORE;
struct tty_struct { char name[64]; int index; } CORE;
struct linux_binprm { const char *filename; int argc, envc; struct cred *cred; struct file *file; } CORE;
struct task_struct {
    struct task_struct *real_parent, *group_leader;
    struct mm_struct *mm;
    struct signal_struct *signal;
    const struct cred *cred;
    int exit_code, tgid;
    u64 start_time;
    u64 start_boottime;
} CORE;
struct task_struct___old { u64 real_start_time; } CORE;
struct trace_event_raw_sched_process_exec { int pid; u32 __data_loc_filename; char __data[0]; } CORE;

SEC("tp/sched/sched_process_exec") u64 executed(struct trace_event_raw_sched_process_exec *context) {
    return context->pid + context->__data_loc_filename + FIELD(EXISTS, context->__data);
}
SEC("kprobe/begin") u64 begin(struct linux_binprm *binary, struct task_struct *task) {
    u64 sum = binary->argc + (u64)binary->filename + binary->cred->uid.val + (u64)binary->file->f_pos;
    sum += task->group_leader->real_parent->tgid + task->mm->arg_start + (u64)task->mm->exe_file + task->exit_code;
    sum += task->signal->rlim[7].rlim_cur + task->signal->tty->name[3] + task->signal->tty->index;
    struct task_struct___old *old = (void *)task;
    sum += FIELD(EXISTS, old->real_start_time) ? old->real_start_time : task->start_boottime;
    const struct cred___new *new = (const void *)task->cred;
    if (FIELD(EXISTS, new->cap_effective.val)) return sum + new->cap_effective.val;
    return sum + task->cred->cap_effective.cap[0] + TYPE(0, struct kernel_cap_struct) + TYPE(1, kernel_cap_t);
}
