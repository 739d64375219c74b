/* What the programs see of the loader's own doings, and where the loader looks for it: both sides include this. */
#ifndef OBSERVATION_H
#define OBSERVATION_H

enum { ANSWERS = 64, NAME_LENGTH = 64 };

/* Of the process that makes a system call. */
struct task_observation {
    __u32 seen;
    __u32 tgid;
    __u32 parent_tgid;
    __u32 group;
    __u32 reset_on_fork;
    __u64 start_of_arguments;
    char name[16];
    char executable[NAME_LENGTH];
};

/* Of a file that is removed. */
struct path_observation {
    __u32 seen;
    char path[NAME_LENGTH];
};

#endif
