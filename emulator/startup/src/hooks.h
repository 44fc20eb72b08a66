/* hooks.h - executable files of a directory, in order of their names. */
#pragma once
#include "process.h"
#include "startup.h"

#define HOOKS_DEFAULT    "/etc/evpoc/init.d"
#define HOOKS_LOCALSTACK "/etc/localstack/init/ready.d" /* honoured for those who come from there */
#define HOOKS_MAX        256

typedef struct Hooks {
    Log *log;
    char *paths[HOOKS_MAX]; /* owned */
    size_t count, next;
    Process *running; /* NULL: none */
    bool has_failed;  /* the last that ended: logged */
} Hooks;

/* False where a directory that was asked for can't be read: logged. */
bool hooks_find(Hooks *hooks, const char *directory, bool is_asked);
/* Starts the next one; false where it can't be. */
bool hooks_start(Hooks *hooks, const StartupOptions *options);
bool hooks_running(const Hooks *hooks);
void hooks_done(Hooks *hooks);
