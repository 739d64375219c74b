/* What programs ask of real kernels, with names that have long been there. */
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
#define FIELD(kind, field) __builtin_preserve_field_info(field, kind)
#define TYPE(kind, ...) __builtin_preserve_type_info(*(typeof(__VA_ARGS__) *)0, kind)
#define ENUMERATOR(kind, type, value) __builtin_preserve_enum_value(*(type *)value, kind)
#define ALL(field) (FIELD(0, field) + FIELD(1, field) * 3 + FIELD(3, field) * 5 + FIELD(4, field) * 7 + FIELD(5, field) * 11)
typedef unsigned long long u64;
typedef unsigned int u32;

struct qstr { const unsigned char *name; u32 len; } CORE;
struct dentry { struct qstr d_name; struct dentry *d_parent; } CORE;
struct path { struct dentry *dentry; } CORE;
struct file { struct path f_path; } CORE;
struct mm_struct { struct file *exe_file; } CORE;
struct upid { int nr; } CORE;
struct pid { u32 level; struct upid numbers[1]; } CORE;
struct signal_struct { struct pid *pids[4]; } CORE;
struct task_struct {
    int pid, tgid;
    char comm[16];
    struct task_struct *real_parent;
    struct mm_struct *mm;
    struct signal_struct *signal;
    u32 in_execve : 1;
    u32 sched_reset_on_fork : 1;
    u32 __state;
} CORE;
struct task_struct___before { long state; } CORE;
struct sock_common { unsigned short skc_family; u32 skc_daddr; unsigned short skc_dport; } CORE;
struct sock { struct sock_common __sk_common; int sk_type : 16; int sk_protocol : 16; } CORE;
struct sk_buff { u32 len; unsigned char pkt_type : 3; unsigned char ip_summed : 2; unsigned short protocol; } CORE;
struct trace_event_raw_sys_enter { long id; unsigned long args[6]; } CORE;
struct request___gone { void *rq_disk; } CORE;
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
typedef struct { int counter; } atomic_t;
typedef int (*initcall_t)(void);
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_GONE };
enum bpf_map_type { BPF_MAP_TYPE_RINGBUF = 1, BPF_MAP_TYPE_NEVER = 2 };

SEC("kprobe/task") u64 task(struct task_struct *task) {
    u64 sum = task->pid + task->comm[3] + task->real_parent->tgid;
    sum += (u64)task->mm->exe_file->f_path.dentry->d_name.name;
    sum += task->signal->pids[1]->numbers[0].nr;
    sum += ALL(task->in_execve) + ALL(task->sched_reset_on_fork);
    struct task_struct___before *before = (void *)task;
    if (FIELD(2, before->state)) return sum + before->state;
    return sum + task->__state;
}

SEC("kprobe/net") u64 net(struct sock *sock, struct sk_buff *buffer) {
    u64 sum = sock->__sk_common.skc_family + sock->__sk_common.skc_daddr + sock->__sk_common.skc_dport;
    return sum + ALL(sock->sk_type) + ALL(buffer->pkt_type) + ALL(buffer->ip_summed) + buffer->len + buffer->protocol;
}

SEC("tracepoint/sys") u64 sys(struct trace_event_raw_sys_enter *context, struct request___gone *request) {
    u64 sum = context->id + context->args[2] + FIELD(2, request->rq_disk);
    sum += TYPE(0, struct list_head) + TYPE(1, struct task_struct) + TYPE(0, atomic_t) + TYPE(0, initcall_t);
    sum += TYPE(2, struct list_head) + TYPE(2, struct hlist_node) + TYPE(2, atomic_t) + TYPE(2, initcall_t);
    sum += __builtin_btf_type_id(*(struct file *)0, 0) + __builtin_btf_type_id(*(struct file *)0, 1);
    sum += ENUMERATOR(0, enum pid_type, PIDTYPE_TGID) + ENUMERATOR(0, enum pid_type, PIDTYPE_GONE);
    return sum + ENUMERATOR(1, enum bpf_map_type, BPF_MAP_TYPE_RINGBUF) + ENUMERATOR(1, enum pid_type, PIDTYPE_TGID);
}
