// SPDX-License-Identifier: GPL-2.0
// Sees the removal of a file in three ways: a kprobe, a tracepoint, and a trampoline (fentry), whose reads the verifier
// checks against the kernel's own types.
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "observation.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct filename {
    const char *name;
    const char *uptr;
};

struct trace_event_raw_sys_enter {
    long id;
    unsigned long args[6];
};

#pragma clang attribute pop

__u32 watched;
struct path_observation kprobe_observed, tracepoint_observed, fentry_observed;

static __always_inline int is_watched(void)
{
    return bpf_get_current_pid_tgid() >> 32 == watched;
}

SEC("kprobe/do_unlinkat")
int BPF_KPROBE(see_by_kprobe, int folder, struct filename *file)
{
    if (!is_watched())
        return 0;
    bpf_probe_read_kernel_str(kprobe_observed.path, sizeof(kprobe_observed.path), BPF_CORE_READ(file, name));
    kprobe_observed.seen = 1;
    return 0;
}

SEC("tracepoint/syscalls/sys_enter_unlink")
int see_by_tracepoint(struct trace_event_raw_sys_enter *context)
{
    if (!is_watched())
        return 0;
    bpf_probe_read_user_str(tracepoint_observed.path, sizeof(tracepoint_observed.path), (void *)context->args[0]);
    tracepoint_observed.seen = 1;
    return 0;
}

SEC("fentry/do_unlinkat")
int BPF_PROG(see_by_fentry, int folder, struct filename *file)
{
    if (!is_watched())
        return 0;
    bpf_probe_read_user_str(fentry_observed.path, sizeof(fentry_observed.path), file->uptr);
    fentry_observed.seen = 1;
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
