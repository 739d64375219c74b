/* Types of real kernels that match as wholes. clang 14 does not know this relocation. */
#include "tool.h"
typedef _Bool bool;
typedef struct { int counter; } atomic_t;
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct rb_node { unsigned long __rb_parent_color; struct rb_node *rb_right, *rb_left; };
struct callback_head { struct callback_head *next; void (*func)(struct callback_head *); };
struct timespec64___parts { long long tv_sec; long tv_nsec; };
struct qstr___name { const unsigned char *name; };
struct upid___parts { int nr; struct pid_namespace *ns; };
struct kref___wrong { unsigned int refcount; };
struct path___swapped { struct dentry *mnt; struct vfsmount *dentry; };
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID };
enum pid_type___gone { PIDTYPE_GONE };
typedef int (*initcall_t)(void);
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);
struct work_struct { struct list_head entry; work_func_t func; };
union sigval___part { int sival_int; void *sival_ptr; };
struct sched_switch_args { bool preempt; };

SEC("syscall") u64 all(void *context) {
    u64 sum = TYPE(2, struct list_head) + TYPE(2, struct hlist_node) * 2 + TYPE(2, struct rb_node) * 4;
    sum += TYPE(2, struct callback_head) * 8 + TYPE(2, struct timespec64___parts) * 16 + TYPE(2, struct qstr___name) * 32;
    sum += TYPE(2, struct upid___parts) * 64 + TYPE(2, struct kref___wrong) * 128 + TYPE(2, struct path___swapped) * 256;
    sum += TYPE(2, enum pid_type) * 512 + TYPE(2, enum pid_type___gone) * 1024 + TYPE(2, initcall_t) * 2048;
    sum += TYPE(2, work_func_t) * 4096 + TYPE(2, struct work_struct) * 8192 + TYPE(2, atomic_t) * 16384;
    return sum + TYPE(2, union sigval___part) * 32768 + TYPE(2, struct sched_switch_args) * 65536;
}
