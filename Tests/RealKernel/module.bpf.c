// SPDX-License-Identifier: GPL-2.0
// Asks for types of the module fuse beside vmlinux's, one question after another, and keeps the answers.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "observation.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct inode {
    unsigned long i_ino;
};

struct fuse_inode {
    struct inode inode;
    __u64 nodeid;
    __u64 orig_ino;
};

struct fuse_conn {
    unsigned int max_read;
    unsigned int minor;
};

struct task_struct {
    int tgid;
};

#pragma clang attribute pop

__u32 watched;
volatile __u64 answers[ANSWERS];

// The script counts the relocations of this program: the first is the first answer.
#define ASK(index, question) answers[index] = (question)

SEC("raw_tracepoint/sys_enter")
int ask(struct bpf_raw_tracepoint_args *context)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    struct fuse_inode *inode = (void *)task;
    struct fuse_conn *connection = (void *)task;

    if (bpf_get_current_pid_tgid() >> 32 != watched)
        return 0;
    ASK(0, bpf_core_field_offset(inode->nodeid));
    ASK(1, bpf_core_field_offset(inode->orig_ino));
    ASK(2, bpf_core_field_offset(inode->inode.i_ino));
    ASK(3, bpf_core_field_offset(connection->max_read));
    ASK(4, bpf_core_field_size(connection->minor));
    ASK(5, bpf_core_field_offset(task->tgid));
    ASK(6, bpf_core_type_size(struct fuse_conn));
    ASK(7, bpf_core_type_exists(struct fuse_inode));
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
