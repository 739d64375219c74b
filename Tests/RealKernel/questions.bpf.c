// SPDX-License-Identifier: GPL-2.0
// Asks every kind of question that CO-RE knows, one after another, and keeps the answers that the kernel's instructions give.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "observation.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
    struct list_head *next, *prev;
};

struct hlist_node {
    struct hlist_node *next, **pprev;
};

typedef struct {
    int counter;
} atomic_t;

// The member that a newer kernel does not have, and a type that no kernel has.
struct list_head___longer {
    struct list_head *next, *prev, *middle;
};

struct no_such_type {
    int member;
};

struct path {
    struct dentry *dentry;
};

struct file {
    struct path f_path;
};

struct upid {
    int nr;
};

struct pid {
    unsigned int level;
    struct upid numbers[1];
};

struct task_struct {
    unsigned int sched_reset_on_fork : 1;
    unsigned int in_execve : 1;
    unsigned int __state;
    int prio;
    int tgid;
    char comm[16];
    int no_such_member;
};

struct task_struct___before_5_14 {
    long state;
};

struct sk_buff {
    unsigned int len;
    unsigned char pkt_type : 3;
    unsigned char ip_summed : 2;
};

#pragma clang attribute pop

enum pid_type {
    PIDTYPE_PID,
    PIDTYPE_TGID,
    PIDTYPE_SID = 7,
    PIDTYPE_GONE,
};

enum bpf_attach_type___kernel {
    BPF_LSM_CGROUP___kernel = 99,
};

enum zone_type___none {
    ZONE_OF_NOTHING = 5,
};

typedef int (*initcall_t)(void);

__u32 watched;
volatile __u64 answers[ANSWERS];

// The script counts the relocations of this program: the first is the first answer.
#define ASK(index, question) answers[index] = (question)

SEC("raw_tracepoint/sys_enter")
int ask(struct bpf_raw_tracepoint_args *context)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    struct task_struct___before_5_14 *before = (void *)task;
    struct list_head___longer *list = (void *)task;
    struct no_such_type *nothing = (void *)task;
    struct sk_buff *buffer = (void *)task;
    struct file *file = (void *)task;
    struct pid *pid = (void *)task;

    if (bpf_get_current_pid_tgid() >> 32 != watched)
        return 0;
    ASK(0, bpf_core_field_offset(task->tgid));
    ASK(1, bpf_core_field_offset(task->comm[5]));
    ASK(2, bpf_core_field_offset(file->f_path.dentry));
    ASK(3, bpf_core_field_offset(pid->numbers[0].nr));
    ASK(4, bpf_core_field_size(task->comm));
    ASK(5, bpf_core_field_size(task->prio));
    ASK(6, bpf_core_field_size(file->f_path));
    ASK(7, bpf_core_field_exists(task->comm));
    ASK(8, bpf_core_field_exists(task->no_such_member));
    ASK(9, bpf_core_field_exists(before->state));
    ASK(10, bpf_core_field_exists(list->middle));
    ASK(11, bpf_core_field_exists(list->prev));
    ASK(12, bpf_core_field_exists(nothing->member));
    ASK(13, __builtin_preserve_field_info(task->prio, BPF_FIELD_SIGNED));
    ASK(14, __builtin_preserve_field_info(task->__state, BPF_FIELD_SIGNED));
    ASK(15, bpf_core_field_offset(task->sched_reset_on_fork));
    ASK(16, bpf_core_field_size(task->sched_reset_on_fork));
    ASK(17, __builtin_preserve_field_info(task->sched_reset_on_fork, BPF_FIELD_LSHIFT_U64));
    ASK(18, __builtin_preserve_field_info(task->sched_reset_on_fork, BPF_FIELD_RSHIFT_U64));
    ASK(19, __builtin_preserve_field_info(task->in_execve, BPF_FIELD_LSHIFT_U64));
    ASK(20, __builtin_preserve_field_info(task->in_execve, BPF_FIELD_RSHIFT_U64));
    ASK(21, __builtin_preserve_field_info(task->in_execve, BPF_FIELD_SIGNED));
    ASK(22, bpf_core_field_offset(buffer->pkt_type));
    ASK(23, __builtin_preserve_field_info(buffer->pkt_type, BPF_FIELD_LSHIFT_U64));
    ASK(24, __builtin_preserve_field_info(buffer->ip_summed, BPF_FIELD_LSHIFT_U64));
    ASK(25, __builtin_preserve_field_info(buffer->ip_summed, BPF_FIELD_RSHIFT_U64));
    ASK(26, bpf_core_field_size(buffer->len));
    ASK(27, bpf_core_type_exists(struct task_struct));
    ASK(28, bpf_core_type_exists(struct no_such_type));
    ASK(29, bpf_core_type_exists(atomic_t));
    ASK(30, bpf_core_type_exists(initcall_t));
    ASK(31, bpf_core_type_size(struct task_struct));
    ASK(32, bpf_core_type_size(struct no_such_type));
    ASK(33, bpf_core_type_size(atomic_t));
    ASK(34, bpf_core_type_size(enum pid_type));
    ASK(35, bpf_core_type_matches(struct list_head));
    ASK(36, bpf_core_type_matches(struct hlist_node));
    ASK(37, bpf_core_type_matches(struct list_head___longer));
    ASK(38, bpf_core_type_matches(atomic_t));
    ASK(39, bpf_core_enum_value_exists(enum pid_type, PIDTYPE_TGID));
    ASK(40, bpf_core_enum_value_exists(enum pid_type, PIDTYPE_GONE));
    ASK(41, bpf_core_enum_value_exists(enum zone_type___none, ZONE_OF_NOTHING));
    ASK(42, bpf_core_enum_value(enum pid_type, PIDTYPE_TGID));
    ASK(43, bpf_core_enum_value(enum pid_type, PIDTYPE_SID));
    ASK(44, bpf_core_enum_value(enum bpf_attach_type___kernel, BPF_LSM_CGROUP___kernel));
    ASK(45, bpf_core_type_id_local(struct task_struct));
    ASK(46, bpf_core_type_id_kernel(struct task_struct));
    ASK(47, bpf_core_type_id_kernel(struct no_such_type));
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
