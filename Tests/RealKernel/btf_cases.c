// SPDX-License-Identifier: GPL-2.0
// BTF that is given to the kernel as it is: by itself, damaged, and in a module.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "loader.h"

enum { LOG_SIZE = 64 << 20, LOG_SHOWN = 1000 };

static int are_equal(struct bytes one, struct bytes other)
{
    return one.start && other.start && one.size == other.size && memcmp(one.start, other.start, one.size) == 0;
}

// Shows the end of the kernel's log, which names the type that it refuses.
static void show_refusal(struct bytes btf)
{
    LIBBPF_OPTS(bpf_btf_load_opts, options, .log_level = 1, .log_size = LOG_SIZE);
    size_t length;
    int file;

    options.log_buf = calloc(1, LOG_SIZE);
    if (!options.log_buf)
        return;
    file = bpf_btf_load(btf.start, btf.size, &options);
    if (file >= 0)
        close(file);
    length = strnlen(options.log_buf, LOG_SIZE);
    fprintf(stderr, "%s: the kernel's log ends with:\n%s\n", name,
            options.log_buf + (length > LOG_SHOWN ? length - LOG_SHOWN : 0));
    free(options.log_buf);
}

static const char *load(struct bytes btf)
{
    struct bytes kept = {.start = malloc(btf.size + 1), .size = btf.size + 1};
    int file = bpf_btf_load(btf.start, btf.size, NULL);
    struct bpf_btf_info info = {};
    __u32 info_size = sizeof(info);
    const char *outcome = ACCEPTED;

    if (file < 0) {
        failed("BPF_BTF_LOAD");
        show_refusal(btf);
        free(kept.start);
        return REFUSED;
    }
    info.btf = (uintptr_t)kept.start;
    info.btf_size = (__u32)kept.size;
    if (!kept.start || bpf_obj_get_info_by_fd(file, &info, &info_size)) {
        outcome = failed("BPF_OBJ_GET_INFO_BY_FD");
    } else {
        kept.size = info.btf_size;
        errno = EIO;
        if (!are_equal(btf, kept))
            outcome = failed("the kernel keeps other bytes");
    }
    free(kept.start);
    close(file);
    return outcome;
}

const char *run_btf(char *words[])
{
    struct bytes btf = read_file(words[0]);
    const char *outcome = btf.start ? load(btf) : failed(words[0]);

    free(btf.start);
    return outcome;
}

// Damages the first type that the damage fits. Returns whether there was one.
static int damage(struct btf *btf, const char *how)
{
    __u32 count = btf__type_cnt(btf);

    for (__u32 id = 1; id < count; id++) {
        struct btf_type *type = (struct btf_type *)btf__type_by_id(btf, id);

        if (!strcmp(how, "cycle") && btf_is_const(type)) {
            type->type = id;
            return 1;
        }
        if (!strcmp(how, "reference") && btf_is_struct(type) && btf_vlen(type)) {
            btf_members(type)->type = count;
            return 1;
        }
        if (!strcmp(how, "member") && btf_is_struct(type) && btf_vlen(type) == 1 && !btf_kflag(type)) {
            btf_members(type)->offset = type->size * 8;
            return 1;
        }
    }
    return 0;
}

const char *run_damaged(char *words[])
{
    struct btf *btf = btf__parse_raw(words[0]);
    struct bytes bytes = {};
    const char *outcome;
    __u32 size = 0;

    if (!btf)
        return failed(words[0]);
    errno = ENOENT;
    if (damage(btf, words[1])) {
        bytes.start = (void *)btf__raw_data(btf, &size);
        bytes.size = size;
        outcome = bytes.start ? load(bytes) : failed("btf__raw_data");
    } else {
        outcome = failed("no type that can be damaged so");
    }
    btf__free(btf);
    return outcome;
}

// The kernel checks a module's BTF when it takes the module in; one that it refuses, the module is left without.
const char *run_module(char *words[])
{
    const char *slash = strrchr(words[0], '/'), *file_name = slash ? slash + 1 : words[0], *outcome = ACCEPTED;
    int file = open(words[0], O_RDONLY | O_CLOEXEC);
    struct bytes given, kept;
    char path[PATH_MAX];

    if (file < 0 || syscall(SYS_finit_module, file, "", 0)) {
        outcome = failed(words[0]);
        if (file >= 0)
            close(file);
        return outcome;
    }
    close(file);
    snprintf(path, sizeof(path), "/sys/kernel/btf/%.*s", (int)strcspn(file_name, "."), file_name);
    if (access(path, R_OK)) {
        failed(path);
        return REFUSED;
    }
    given = read_file(words[1]);
    kept = read_file(path);
    errno = EIO;
    if (!are_equal(given, kept))
        outcome = failed("the kernel has other bytes");
    free(given.start);
    free(kept.start);
    return outcome;
}
