/* Where memory goes: unions in unions, flags that a later kernel wraps, counters that changed their type. */
#include "tool.h"
typedef struct { int counter; } atomic_t;
typedef struct { long long counter; } atomic64_t;
typedef struct { atomic64_t counter_; } wrapped_t;
struct list_head { struct list_head *next, *prev; } CORE;
struct page { unsigned long flags; union { struct { struct list_head lru; unsigned long index; }; struct { unsigned long compound_head; }; }; atomic_t _refcount; } CORE;
struct folio { unsigned long flags; } CORE;
struct vm_area_struct { unsigned long vm_start, vm_end; struct mm_struct *vm_mm; unsigned long vm_flags; struct file *vm_file; } CORE;
struct mm_struct { unsigned long task_size, hiwater_rss; int map_count; atomic_t mm_users; unsigned long saved_auxv[40]; } CORE;
struct mm_rss_stat { atomic64_t count[4]; } CORE;
struct mm_struct___old { struct mm_rss_stat rss_stat; } CORE;
struct percpu_counter { long long count; } CORE;
struct mm_struct___new { struct percpu_counter rss_stat[4]; } CORE;
struct oom_control { unsigned long totalpages; struct task_struct *chosen; long chosen_points; } CORE;
struct oom_control___old { unsigned long chosen_points; } CORE;
struct task_struct { struct mm_struct *mm; } CORE;
struct kmem_cache { u32 size, object_size; const char *name; } CORE;
enum { LOCAL_ONLY };
enum vm_event_item { PGPGIN, PGFAULT, VM_EVENT_NEVER };
enum node_stat_item { NR_INACTIVE_ANON, NR_FILE_DIRTY };

SEC("kprobe/oom_kill_process") u64 oom(struct oom_control *control, struct mm_struct *mm) {
    struct mm_struct___old *old = (void *)mm;
    struct mm_struct___new *new = (void *)mm;
    u64 sum = control->totalpages + control->chosen->mm->map_count + control->chosen_points;
    sum += FIELD(SIGNED, ((struct oom_control___old *)control)->chosen_points) + mm->saved_auxv[39];
    if (FIELD(EXISTS, old->rss_stat.count[1])) sum += old->rss_stat.count[1].counter;
    if (FIELD(EXISTS, new->rss_stat[1].count)) sum += new->rss_stat[1].count;
    return sum + mm->mm_users.counter + mm->hiwater_rss;
}
SEC("kprobe/fault") u64 fault(struct vm_area_struct *area, struct page *page, struct kmem_cache *cache) {
    u64 sum = area->vm_end + area->vm_flags + (u64)area->vm_file + page->flags + (u64)page->lru.next + page->compound_head;
    sum += page->_refcount.counter + TYPE(0, struct folio) + TYPE(1, struct page) + cache->object_size + (u64)cache->name;
    sum += ENUMERATOR(1, enum vm_event_item, PGFAULT) + ENUMERATOR(0, enum vm_event_item, VM_EVENT_NEVER);
    return sum + ENUMERATOR(1, enum node_stat_item, NR_FILE_DIRTY) + TYPE(0, atomic64_t) + TYPE(0, wrapped_t);
}
