// SPDX-License-Identifier: GPL-2.0
// BPF objects that libbpf relocates with a given BTF, and what their programs see once they are attached.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "loader.h"
#include "observation.h"

static const char REMOVED[] = "/no-such-file-of-the-loader";
static const char EXECUTED[] = "/bin/busybox";

static void number_fact(const char *what, __u64 observed, __u64 expected)
{
    result("fact\t%s\t%s\t%llu\t%llu", name, what, observed, expected);
}

static void text_fact(const char *what, const char *observed, size_t room, const char *expected)
{
    result("fact\t%s\t%s\t%.*s\t%s", name, what, (int)room, observed, expected);
}

// MARK: Instructions

// What a relocation changes in an instruction: the offset of a load or store, else the immediate.
static long long operand(const struct bpf_insn *instruction, const struct bpf_insn *next)
{
    switch (BPF_CLASS(instruction->code)) {
    case BPF_LDX:
    case BPF_ST:
    case BPF_STX:
        return instruction->off;
    case BPF_LD:
        return next ? (long long)((__u64)(__u32)next->imm << 32 | (__u32)instruction->imm) : instruction->imm;
    default:
        return instruction->imm;
    }
}

static void show_instructions(struct bpf_object *object)
{
    struct bpf_program *program;

    bpf_object__for_each_program(program, object) {
        const struct bpf_insn *instructions = bpf_program__insns(program);
        size_t count = bpf_program__insn_cnt(program);

        for (size_t i = 0; i < count; i++)
            result("insn\t%s\t%s\t%zu\t%lld", name, bpf_program__name(program), i,
                   operand(&instructions[i], i + 1 < count ? &instructions[i + 1] : NULL));
    }
}

// MARK: Variables

// The zero-initialised data of a loaded object, shared with its programs.
struct variables {
    struct btf *btf;
    const struct btf_type *section;
    char *start;
    size_t size;
};

static struct variables map_variables(struct bpf_object *object)
{
    struct bpf_map *map = bpf_object__find_map_by_name(object, ".bss");
    struct variables variables = {.btf = bpf_object__btf(object)};
    int section = variables.btf ? btf__find_by_name_kind(variables.btf, ".bss", BTF_KIND_DATASEC) : -1;
    void *start;

    if (!map || section < 0)
        return variables;
    start = mmap(NULL, bpf_map__value_size(map), PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
    if (start == MAP_FAILED)
        return variables;
    variables.section = btf__type_by_id(variables.btf, (__u32)section);
    variables.start = start;
    variables.size = bpf_map__value_size(map);
    return variables;
}

// Where a variable of this size lies, or NULL.
static void *variable(const struct variables *variables, const char *variable_name, size_t size)
{
    for (int i = 0; variables->start && i < btf_vlen(variables->section); i++) {
        const struct btf_var_secinfo *place = &btf_var_secinfos(variables->section)[i];
        const struct btf_type *type = btf__type_by_id(variables->btf, place->type);

        if (!strcmp(btf__name_by_offset(variables->btf, type->name_off), variable_name))
            return place->size == size && place->offset <= variables->size && size <= variables->size - place->offset
                       ? variables->start + place->offset
                       : NULL;
    }
    return NULL;
}

// MARK: What programs see

static void tell_answers(const struct variables *variables)
{
    const __u64 *answers = variable(variables, "answers", ANSWERS * sizeof(*answers));

    for (int i = 0; answers && i < ANSWERS; i++)
        result("value\t%s\t%d\t%lld", name, i, (long long)answers[i]);
}

static void tell_path(const struct variables *variables, const char *variable_name)
{
    const struct path_observation *seen = variable(variables, variable_name, sizeof(*seen));

    number_fact("seen", seen && seen->seen, 1);
    if (seen)
        text_fact(variable_name, seen->path, sizeof(seen->path), REMOVED);
}

// The address of this process's first argument, as the kernel tells it to anyone: field 48 of /proc/self/stat.
static __u64 start_of_arguments(void)
{
    struct bytes status = read_file("/proc/self/stat");
    char *field = NULL;
    __u64 start = 0;

    if (status.start && status.size) {
        ((char *)status.start)[status.size - 1] = 0;
        // The second field is the only one that may hold blanks.
        field = strrchr(status.start, ')');
    }
    for (int i = 2; field && i < 48; i++) {
        field = strchr(field, ' ');
        field = field ? field + 1 : NULL;
    }
    if (field)
        start = strtoull(field, NULL, 10);
    free(status.start);
    return start;
}

static void tell_task(const struct variables *variables)
{
    const struct task_observation *seen = variable(variables, "task_observed", sizeof(*seen));
    char executable[PATH_MAX] = "";
    const char *slash;

    number_fact("seen", seen && seen->seen, 1);
    if (!seen)
        return;
    if (readlink("/proc/self/exe", executable, sizeof(executable) - 1) < 0)
        failed("/proc/self/exe");
    slash = strrchr(executable, '/');
    number_fact("tgid", seen->tgid, (__u64)getpid());
    number_fact("parent_tgid", seen->parent_tgid, (__u64)getppid());
    number_fact("group", seen->group, (__u64)getpgid(0));
    number_fact("reset_on_fork", seen->reset_on_fork, (sched_getscheduler(0) & SCHED_RESET_ON_FORK) != 0);
    number_fact("start_of_arguments", seen->start_of_arguments, start_of_arguments());
    text_fact("name", seen->name, sizeof(seen->name), program_invocation_short_name);
    text_fact("executable", seen->executable, sizeof(seen->executable), slash ? slash + 1 : executable);
}

// As examples/execsnoop.bpf.c sends it.
struct exec_event {
    int tgid;
    int parent_tgid;
    long state;
    unsigned long arg_start;
    int has_btf_helper;
    char filename[128];
    char executable[64];
};

struct expected_exec {
    pid_t child;
    int seen;
};

static void take_event(void *context, int cpu, void *data, __u32 size)
{
    struct expected_exec *expected = context;
    const struct exec_event *event = data;

    (void)cpu;
    if (size < sizeof(*event) || event->tgid != expected->child)
        return;
    expected->seen = 1;
    number_fact("parent_tgid", (__u64)event->parent_tgid, (__u64)getpid());
    number_fact("state", (__u64)event->state, 0);
    number_fact("has_arguments", event->arg_start != 0, 1);
    number_fact("has_btf_helper", (__u64)event->has_btf_helper, 1);
    text_fact("filename", event->filename, sizeof(event->filename), EXECUTED);
    text_fact("executable", event->executable, sizeof(event->executable), strrchr(EXECUTED, '/') + 1);
}

static void tell_exec(struct bpf_object *object)
{
    struct bpf_map *events = bpf_object__find_map_by_name(object, "events");
    struct expected_exec expected = {};
    struct perf_buffer *buffer =
        events ? perf_buffer__new(bpf_map__fd(events), 8, take_event, NULL, &expected, NULL) : NULL;

    if (buffer) {
        expected.child = fork();
        if (expected.child == 0) {
            execl(EXECUTED, "true", (char *)NULL);
            _exit(127);
        }
        waitpid(expected.child, NULL, 0);
        perf_buffer__poll(buffer, 1000);
    }
    number_fact("seen", (__u64)expected.seen, 1);
    perf_buffer__free(buffer);
}

static void observe(struct bpf_object *object, const char *trigger)
{
    struct variables variables = map_variables(object);
    __u32 *watched = variable(&variables, "watched", sizeof(*watched));

    if (watched)
        *watched = (__u32)getpid();
    unlink(REMOVED);
    if (watched)
        *watched = 0;
    if (!strcmp(trigger, "questions"))
        tell_answers(&variables);
    if (!strcmp(trigger, "task"))
        tell_task(&variables);
    if (!strcmp(trigger, "unlink")) {
        tell_path(&variables, "kprobe_observed");
        tell_path(&variables, "tracepoint_observed");
        tell_path(&variables, "fentry_observed");
    }
    if (!strcmp(trigger, "exec"))
        tell_exec(object);
    if (variables.start)
        munmap(variables.start, variables.size);
}

// MARK: Loading

static int is_unresolved;

// libbpf names a relocation that it could not do when it prints the verifier's log.
static int print(enum libbpf_print_level level, const char *format, va_list arguments)
{
    char *text = NULL;

    if (level == LIBBPF_DEBUG)
        return 0;
    if (vasprintf(&text, format, arguments) < 0)
        return -1;
    if (strstr(text, "failed to resolve CO-RE relocation"))
        is_unresolved = 1;
    fprintf(stderr, "%s: %s", name, text);
    free(text);
    return 0;
}

const char *run_program(char *words[])
{
    LIBBPF_OPTS(bpf_object_open_opts, options);
    const char *outcome = ACCEPTED;
    struct bpf_program *program;
    struct bpf_object *object;

    is_unresolved = 0;
    libbpf_set_print(print);
    if (strcmp(words[1], "-"))
        options.btf_custom_path = words[1];
    object = bpf_object__open_file(words[0], &options);
    if (!object)
        return failed(words[0]);
    if (bpf_object__load(object)) {
        failed("bpf_object__load");
        outcome = is_unresolved ? UNRESOLVED : REFUSED;
    } else {
        show_instructions(object);
        bpf_object__for_each_program(program, object) {
            if (!bpf_program__attach(program))
                outcome = failed(bpf_program__name(program));
        }
        observe(object, words[2]);
    }
    bpf_object__close(object);
    return outcome;
}
