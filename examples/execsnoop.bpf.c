// SPDX-License-Identifier: GPL-2.0
// Tells which program every new process runs, and who started it: a CO-RE program as people write them.
// The struct declarations name only what is read; the loader finds each field's place in the kernel's BTF.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

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

struct task_struct {
    int tgid;
    struct task_struct *real_parent;
    struct mm_struct *mm;
    unsigned int __state;
};

// What task_struct called its state before Linux 5.14.
struct task_struct___before_5_14 {
    long state;
};

struct linux_binprm {
    const char *filename;
};

#pragma clang attribute pop

enum bpf_func_id___kernel {
    BPF_FUNC_get_current_task_btf___kernel = 158,
};

struct event {
    int tgid;
    int parent_tgid;
    long state;
    unsigned long arg_start;
    int has_btf_helper;
    char filename[128];
    char executable[64];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
    __type(key, __u32);
    __type(value, __u32);
} events SEC(".maps");

SEC("raw_tracepoint/sched_process_exec")
int tell_exec(struct bpf_raw_tracepoint_args *context)
{
    struct task_struct *task = (struct task_struct *)context->args[0];
    struct linux_binprm *program = (struct linux_binprm *)context->args[2];
    struct event event = {};

    event.tgid = BPF_CORE_READ(task, tgid);
    event.parent_tgid = BPF_CORE_READ(task, real_parent, tgid);
    event.arg_start = BPF_CORE_READ(task, mm, arg_start);
    if (bpf_core_field_exists(task->__state))
        event.state = BPF_CORE_READ(task, __state);
    else
        event.state = BPF_CORE_READ((struct task_struct___before_5_14 *)task, state);
    event.has_btf_helper =
        bpf_core_enum_value_exists(enum bpf_func_id___kernel, BPF_FUNC_get_current_task_btf___kernel);

    bpf_probe_read_kernel_str(event.filename, sizeof(event.filename), BPF_CORE_READ(program, filename));
    bpf_probe_read_kernel_str(event.executable, sizeof(event.executable),
                              BPF_CORE_READ(task, mm, exe_file, f_path.dentry, d_name.name));
    bpf_perf_event_output(context, &events, 0xffffffffULL, &event, sizeof(event));
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
