// SPDX-License-Identifier: GPL-2.0
// Runs the cases of scripts/boot-kernel inside the kernel: loader CASES > RESULTS
//
// CASES has one case in a line, words separated by blanks:
//   NAME btf FILE                      the kernel's check of a BTF
//   NAME damaged FILE HOW              the same after damage was done: cycle, reference, member
//   NAME module FILE BTF               inserts a module and compares what the kernel then has as its BTF
//   NAME program OBJECT BTF TRIGGER    libbpf loads an object with BTF for its relocations (- for the kernel's own), and
//                                      what its programs see of TRIGGER is observed (questions, task, unlink, exec)
// RESULTS, separated by tabs: "case NAME OUTCOME" for each case, after all of
//   insn NAME PROGRAM INDEX OPERAND    an instruction that libbpf gave to the kernel
//   value NAME INDEX VALUE             an answer that the kernel computed
//   fact NAME WHAT OBSERVED EXPECTED   what a program saw, beside what is true
// Reasons, and what the kernel and libbpf log, go to standard error.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader.h"

enum { MOST_WORDS = 6, LARGEST_FILE = 32 << 20 };

const char *name;

void result(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

const char *failed(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", name, what, strerror(errno));
    return FAILED;
}

struct bytes read_file(const char *path)
{
    struct bytes bytes = {.start = malloc(LARGEST_FILE)};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = -1;

    while (file >= 0 && bytes.start && bytes.size < LARGEST_FILE) {
        count = read(file, (char *)bytes.start + bytes.size, LARGEST_FILE - bytes.size);
        if (count <= 0)
            break;
        bytes.size += (size_t)count;
    }
    if (file >= 0)
        close(file);
    if (count) {
        free(bytes.start);
        bytes = (struct bytes){};
    }
    return bytes;
}

static const struct command {
    const char *word;
    int arguments;
    const char *(*run)(char *words[]);
} commands[] = {
    {"btf", 1, run_btf},
    {"damaged", 2, run_damaged},
    {"module", 2, run_module},
    {"program", 3, run_program},
};

static void run_case(char *line)
{
    char *words[MOST_WORDS] = {}, *rest = NULL, *word = strtok_r(line, " \n", &rest);
    const char *outcome = FAILED;
    int count = 0;

    for (; word && count < MOST_WORDS; word = strtok_r(NULL, " \n", &rest))
        words[count++] = word;
    if (count < 2)
        return;
    name = words[0];
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        if (!strcmp(words[1], commands[i].word) && count == commands[i].arguments + 2)
            outcome = commands[i].run(words + 2);
    }
    result("case\t%s\t%s", name, outcome);
    fflush(stdout);
}

int main(int count, char *arguments[])
{
    FILE *cases = count == 2 ? fopen(arguments[1], "r") : NULL;
    struct sched_param parameters = {};
    char line[1024];

    if (!cases) {
        fprintf(stderr, "usage: loader CASES\n");
        return 64;
    }
    // What a program can see of this process should not be what it would be in any case.
    if (setpgid(0, 0) || sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &parameters)) {
        perror("loader");
        return 70;
    }
    while (fgets(line, sizeof(line), cases))
        run_case(line);
    fclose(cases);
    return fflush(stdout) ? 74 : 0;
}
