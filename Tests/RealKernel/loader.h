/* What the loader's parts share: how a case reports, and the cases. */
#ifndef LOADER_H
#define LOADER_H

#include <stddef.h>

/* The name of the case that runs. */
extern const char *name;

/* What a case comes to. */
#define ACCEPTED "accepted"     /* the kernel took it */
#define REFUSED "refused"       /* the kernel did not */
#define UNRESOLVED "unresolved" /* the kernel refused a program, for an instruction that libbpf could not relocate */
#define FAILED "failed"         /* the case itself went wrong */

struct bytes {
    void *start;
    size_t size;
};

/* Writes a line of results. */
void result(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says on standard error what went wrong, with errno. Returns FAILED. */
const char *failed(const char *what);

/* A file's bytes, to be freed; none where it cannot be read or has more than 32 MB. */
struct bytes read_file(const char *path);

/* The cases: each takes the words after its own, and returns what it comes to. */
const char *run_btf(char *words[]);
const char *run_damaged(char *words[]);
const char *run_module(char *words[]);
const char *run_program(char *words[]);

#endif
