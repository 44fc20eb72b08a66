/* process.h - a process of ours: started in a group of its own, with limits, talked to by pipes, its end an event of
 * the loop. */
#pragma once
#include "loop.h"
#include <sys/types.h>

typedef struct Process Process;

typedef struct ProcessOptions {
    const char *path;
    const char *const *arguments;   /* as execve's: the name first, then NULL */
    const char *const *environment; /* ends with NULL */
    const char *directory;          /* where it starts; NULL: where we are */
    bool has_input;                 /* process_write reaches its standard input; else that is /dev/null */
    /* What it writes to standard output (1) and error (2), as it comes; NULL: it writes where we do. */
    void (*on_output)(void *context, int which, Bytes bytes);
    /* Once, when it has ended and all that it had written is told; `status` as waitpid's. The process may be freed
     * here. What it has started and left behind in its group lives on until process_free. */
    void (*on_exit)(void *context, int status);
    void *context;
    bool leaves_others; /* what it has started and left behind is not killed once it has ended by itself */
    /* 0: as ours. Bytes of address space, of one file; numbers of open files; seconds of CPU. */
    uint64_t memory_max, file_max, files_max, cpu_max_s;
} ProcessOptions;

/* 0, or an errno; *ret_process is NULL then. */
MUST_CHECK int process_start(Loop *loop, const ProcessOptions *options, Process **ret_process);
/* Kills its whole group and reaps it; on_exit is not called any more. Returns NULL. */
Process *process_free(Process *process);

/* Copied; written as it is taken. False: it takes no more. */
bool process_write(Process *process, Bytes bytes);
void process_end_input(Process *process);          /* what was written is still taken */
void process_signal(Process *process, int signal); /* to the whole group */
