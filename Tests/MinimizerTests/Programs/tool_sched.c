/* Who waits to run: states, namespaces, entities nested by value, flags of one bit. */
#include "tool.h"
struct upid { int nr; struct pid_namespace *ns; } CORE;
struct pid { u32 level; struct upid numbers[0]; } CORE;
struct ns_common { u32 inum; } CORE;
struct pid_namespace { u32 level; struct ns_common ns; } CORE;
struct load_weight { unsigned long weight; u32 inv_weight; } CORE;
struct sched_avg { u64 last_update_time; unsigned long util_avg; } CORE;
struct sched_entity { struct load_weight load; u32 on_rq; u64 vruntime, sum_exec_runtime; struct sched_avg avg; } CORE;
struct cfs_rq { u32 h_nr_running; } CORE;
struct cfs_rq___new { u32 h_nr_queued; } CORE;
struct rq { u32 nr_running; struct cfs_rq cfs; int cpu; } CORE;
struct task_struct {
    u32 __state;
    int prio, static_prio, on_cpu;
    struct sched_entity se;
    struct pid *thread_pid;
    u32 sched_reset_on_fork : 1, sched_contributes_to_load : 1, sched_migrated : 1, in_iowait : 1;
    u32 frozen : 1;
    unsigned long nvcsw;
} CORE;
struct task_struct___old { volatile long state; } CORE;
struct trace_event_raw_sched_switch { int prev_pid, next_pid; long prev_state; char prev_comm[16]; } CORE;
enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };

SEC("tp/sched/sched_switch") u64 switched(struct trace_event_raw_sched_switch *context, struct rq *rq) {
    struct cfs_rq___new *new = (void *)&rq->cfs;
    u64 sum = context->prev_pid + context->next_pid + context->prev_state + context->prev_comm[15];
    sum += FIELD(EXISTS, new->h_nr_queued) ? new->h_nr_queued : rq->cfs.h_nr_running;
    return sum + rq->nr_running + rq->cpu + ENUMERATOR(1, enum hrtimer_restart, HRTIMER_RESTART);
}
SEC("kprobe/wakeup") u64 wakeup(struct task_struct *task) {
    struct task_struct___old *old = (void *)task;
    u64 sum = FIELD(EXISTS, old->state) ? old->state : task->__state;
    sum += task->se.avg.util_avg + task->se.load.inv_weight + task->se.vruntime + task->prio + task->nvcsw;
    sum += task->thread_pid->level + task->thread_pid->numbers[0].ns->ns.inum + task->thread_pid->numbers[0].nr;
    return sum + ALL(task->in_iowait) + ALL(task->sched_migrated) + FIELD(EXISTS, task->frozen);
}
