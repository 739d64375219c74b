/* Which control group: ids that were a union, arrays of pointers indexed by an enumerator. */
#include "tool.h"
union kernfs_node_id { struct { u32 ino; u32 generation; }; u64 id; } CORE;
struct kernfs_node { u64 id; const char *name; struct kernfs_node *parent; } CORE;
struct kernfs_node___old { union kernfs_node_id id; } CORE;
struct kernfs_node___new { struct kernfs_node *__parent; } CORE;
struct cgroup { struct kernfs_node *kn; int level; u64 ancestor_ids[0]; } CORE;
struct cgroup___new { struct cgroup *ancestors[0]; } CORE;
struct cgroup_subsys_state { struct cgroup *cgroup; int id; u64 serial_nr; } CORE;
struct css_set { struct cgroup_subsys_state *subsys[8]; struct cgroup *dfl_cgrp; } CORE;
struct task_struct { struct css_set *cgroups; } CORE;
enum cgroup_subsys_id { cpuset_cgrp_id, cpu_cgrp_id, memory_cgrp_id = 4, pids_cgrp_id = 11, never_cgrp_id };

SEC("kprobe/attach") u64 attach(struct task_struct *task) {
    struct cgroup *group = task->cgroups->dfl_cgrp;
    struct kernfs_node *node = group->kn;
    struct kernfs_node___old *old = (void *)node;
    struct kernfs_node___new *new = (void *)node;
    struct cgroup___new *tree = (void *)group;
    u64 sum = group->level + (u64)node->name + task->cgroups->subsys[1]->cgroup->level + task->cgroups->subsys[0]->serial_nr;
    if (FIELD(EXISTS, old->id.ino)) sum += old->id.ino; else sum += node->id;
    if (FIELD(EXISTS, new->__parent)) sum += (u64)new->__parent; else sum += (u64)node->parent;
    if (FIELD(EXISTS, tree->ancestors)) sum += (u64)tree->ancestors[2]; else sum += group->ancestor_ids[2];
    return sum + ENUMERATOR(1, enum cgroup_subsys_id, memory_cgrp_id) + ENUMERATOR(0, enum cgroup_subsys_id, never_cgrp_id);
}
