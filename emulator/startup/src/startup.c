/* startup.c - seed, then hooks. */
#include "startup.h"
#include "hooks.h"
#include "seed.h"
#include <stdlib.h>

struct Startup {
    StartupOptions options;
    Hooks hooks;
    StartupState state;
};

static bool find_hooks(Startup *startup)
{
    const char *asked = startup->options.hooks;
    if (asked)
        return hooks_find(&startup->hooks, asked, true);
    return hooks_find(&startup->hooks, HOOKS_DEFAULT, false) && hooks_find(&startup->hooks, HOOKS_LOCALSTACK, false);
}

Startup *startup_open(const StartupOptions *options)
{
    Startup *startup = calloc(1, sizeof *startup);
    if (!startup)
        abort();
    startup->options = *options;
    startup->hooks.log = options->runtime->log;
    return seed(options) && find_hooks(startup) ? startup : startup_close(startup);
}

Startup *startup_close(Startup *startup)
{
    if (startup)
        hooks_done(&startup->hooks);
    free(startup);
    return NULL;
}

StartupState startup_step(Startup *startup)
{
    if (startup->state != STARTUP_RUNS || hooks_running(&startup->hooks))
        return startup->state;
    if (startup->hooks.has_failed)
        startup->state = STARTUP_FAILED;
    else if (startup->hooks.next == startup->hooks.count)
        startup->state = STARTUP_DONE;
    else if (!hooks_start(&startup->hooks, &startup->options))
        startup->state = STARTUP_FAILED;
    return startup->state;
}

size_t startup_hooks(const Startup *startup)
{
    return startup->hooks.count;
}
