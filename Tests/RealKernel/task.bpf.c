// SPDX-License-Identifier: GPL-2.0
// Reads what the loader knows about itself out of the kernel's own structs: chains of pointers, arrays, a bitfield.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "observation.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
    const unsigned char *name;
};

struct dentry {
    struct qstr d_name;
};

struct path {
    struct dentry *dentry;
};

struct file {
    struct path f_path;
};

struct mm_struct {
    struct file *exe_file;
    unsigned long arg_start;
};

struct upid {
    int nr;
};

struct pid {
    struct upid numbers[1];
};

struct signal_struct {
    struct pid *pids[4];
};

struct task_struct {
    unsigned int sched_reset_on_fork : 1;
    int tgid;
    struct task_struct *real_parent;
    char comm[16];
    struct mm_struct *mm;
    struct signal_struct *signal;
};

#pragma clang attribute pop

// The kernel's index of the process group in signal_struct.pids.
enum pid_type {
    PIDTYPE_PGID = 2,
};

__u32 watched;
struct task_observation task_observed;

SEC("raw_tracepoint/sys_enter")
int see_task(struct bpf_raw_tracepoint_args *context)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    struct pid *group;

    if (BPF_CORE_READ(task, tgid) != watched || task_observed.seen)
        return 0;
    task_observed.tgid = BPF_CORE_READ(task, tgid);
    task_observed.parent_tgid = BPF_CORE_READ(task, real_parent, tgid);
    group = BPF_CORE_READ(task, signal, pids[PIDTYPE_PGID]);
    task_observed.group = BPF_CORE_READ(group, numbers[0].nr);
    task_observed.reset_on_fork = BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork);
    task_observed.start_of_arguments = BPF_CORE_READ(task, mm, arg_start);
    bpf_core_read_str(task_observed.name, sizeof(task_observed.name), &task->comm);
    bpf_probe_read_kernel_str(task_observed.executable, sizeof(task_observed.executable),
                              BPF_CORE_READ(task, mm, exe_file, f_path.dentry, d_name.name));
    task_observed.seen = 1;
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
