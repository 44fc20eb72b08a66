/* startup.h - what happens between the first answer and "Ready.": the seed file makes streams, tables, registries and
 * schemas, then hooks run, one after the other. Where one of them fails, the emulator doesn't start. */
#pragma once
#include "pipeline.h"

typedef struct Startup Startup;

typedef struct StartupOptions {
    Runtime *runtime;
    Pipeline *pipeline;
    const char *seed_file; /* NULL: the default place, where there is one */
    const char *hooks;     /* a directory; NULL: the default places */
    const char *url;       /* AWS_ENDPOINT_URL of the hooks; outlives it */
} StartupOptions;

typedef enum StartupState { STARTUP_RUNS, STARTUP_DONE, STARTUP_FAILED } StartupState;

/* Seeds at once: the caller commits. NULL: the seed file could not be used, which was logged. */
Startup *startup_open(const StartupOptions *options);
/* A hook that still runs is killed. Returns NULL. */
Startup *startup_close(Startup *startup);
/* Call it each turn until it no longer runs: starts the next hook when one has ended. */
StartupState startup_step(Startup *startup);
size_t startup_hooks(const Startup *startup);
