/* hooks.h - executable files of a directory, in order of their names. */
#pragma once
#include "startup.h"
#include <sys/types.h>

#define HOOKS_DEFAULT    "/etc/evpoc/init.d"
#define HOOKS_LOCALSTACK "/etc/localstack/init/ready.d" /* honoured for those who come from there */
#define HOOKS_MAX        256

typedef struct Hooks {
    Log *log;
    char *paths[HOOKS_MAX]; /* owned */
    size_t count, next;
    pid_t running; /* 0: none */
} Hooks;

/* False where a directory that was asked for can't be read: logged. */
bool hooks_find(Hooks *hooks, const char *directory, bool is_asked);
/* Starts the next one; false where it can't be. */
bool hooks_start(Hooks *hooks, const StartupOptions *options);
/* True while it runs. *ret_failed: it has ended badly, which was logged. */
bool hooks_running(Hooks *hooks, bool *ret_failed);
void hooks_done(Hooks *hooks);
