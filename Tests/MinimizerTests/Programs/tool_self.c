/* What the kernel's own BPF has: ids and sizes of its types, enumerators that loaders probe, functions' types. */
#include "tool.h"
struct bpf_map { u32 id; u32 map_type; u32 max_entries; char name[16]; } CORE;
struct bpf_prog_aux { u32 id; char name[16]; u64 load_time; } CORE;
struct bpf_prog { u16 pages; u16 jited : 1, gpl_compatible : 1; struct bpf_prog_aux *aux; u32 type; u8 tag[8]; } CORE;
struct bpf_iter__task { struct task_struct *task; } CORE;
struct bpf_ringbuf {};
struct btf_id_set { u32 cnt; u32 ids[0]; } CORE;
typedef void (*btf_trace_sched_switch)(void *, _Bool, struct task_struct *, struct task_struct *);
typedef u64 (*bpf_callback_t)(u64, u64, u64, u64, u64);
typedef int (*never_callback_t)(void);
typedef u32 __u32;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *);
enum bpf_map_type { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_RINGBUF = 27, BPF_MAP_TYPE_ARENA = 33 };
enum bpf_func_id { BPF_FUNC_get_current_task_btf = 158, BPF_FUNC_loop = 181 };
enum bpf_attach_type { BPF_TRACE_FENTRY = 24, BPF_TRACE_KPROBE_MULTI = 42 };

SEC("iter/bpf_prog") u64 programs(struct bpf_prog *program, struct bpf_map *map, struct btf_id_set *set) {
    u64 sum = program->aux->id + program->aux->name[15] + ALL(program->jited) + ALL(program->gpl_compatible) + program->tag[7];
    return sum + map->id + map->map_type + FIELD(SIZE, map->name) + set->ids[3] + FIELD(EXISTS, program->aux->load_time);
}
SEC("syscall") u64 probe(void *context) {
    u64 sum = TYPE_ID(0, struct bpf_prog) + TYPE_ID(1, struct bpf_prog) + TYPE_ID(1, struct bpf_map) + TYPE_ID(1, work_func_t);
    sum += TYPE(0, struct bpf_ringbuf) + TYPE(0, btf_trace_sched_switch) + TYPE(0, bpf_callback_t) + TYPE(0, never_callback_t);
    sum += TYPE(1, struct bpf_prog) + TYPE(1, __u32) + TYPE(0, work_func_t) + TYPE(0, struct bpf_iter__task);
    sum += ENUMERATOR(0, enum bpf_map_type, BPF_MAP_TYPE_ARENA) + ENUMERATOR(0, enum bpf_func_id, BPF_FUNC_loop);
    sum += ENUMERATOR(1, enum bpf_map_type, BPF_MAP_TYPE_RINGBUF) + ENUMERATOR(0, enum bpf_attach_type, BPF_TRACE_KPROBE_MULTI);
    return sum + ENUMERATOR(1, enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}
