/* hooks.c */
#include "hooks.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void add(Hooks *hooks, const char *directory, const char *name)
{
    Arena *arena = arena_new();
    const char *path = arena_cstr(arena, arena_text(arena, "%s/%s", directory, name));
    struct stat status;
    if (stat(path, &status) || !S_ISREG(status.st_mode))
        log_format(hooks->log, LOG_DEBUG, "%s is no file: not run", path);
    else if (access(path, X_OK))
        log_format(hooks->log, LOG_WARN, "hook %s is not executable: not run", path);
    else if (hooks->count == HOOKS_MAX)
        log_format(hooks->log, LOG_ERROR, "hook %s is one too many: not run", path);
    else
        hooks->paths[hooks->count++] = strdup(path);
    arena_free(arena);
}

bool hooks_find(Hooks *hooks, const char *directory, bool is_asked)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_visible, alphasort);
    if (count < 0 && is_asked)
        log_format(hooks->log, LOG_ERROR, "hooks in %s: %s", directory, strerror(errno));
    if (count < 0)
        return !is_asked;
    for (int i = 0; i < count; i++) {
        add(hooks, directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return true;
}

static bool has_variable(const char *name)
{
    return getenv(name) != NULL;
}

/* The emulator's own environment, and where to find it; credentials that are set stay as they are. */
static const char *const *environment_of(Arena *arena, const StartupOptions *options)
{
    const struct {
        const char *name, *value;
        bool always;
    } ours[] = {
        {"AWS_ENDPOINT_URL", options->url, true},
        {"AWS_ACCESS_KEY_ID", "test", false},
        {"AWS_SECRET_ACCESS_KEY", "test", false},
        {"AWS_DEFAULT_REGION", arena_cstr(arena, options->runtime->default_region), false},
    };
    size_t count = 0, len = 0;
    while (environ[count])
        count++;
    const char **all = arena_new_array(arena, const char *, count + sizeof ours / sizeof *ours + 1);
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "AWS_ENDPOINT_URL=", 17))
            all[len++] = environ[i];
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ours[i].always || !has_variable(ours[i].name))
            all[len++] = arena_text(arena, "%s=%s", ours[i].name, ours[i].value).ptr;
    return all;
}

static void on_exit_of(void *context, int status)
{
    Hooks *hooks = context;
    const char *path = hooks->paths[hooks->next - 1];
    hooks->has_failed = !WIFEXITED(status) || WEXITSTATUS(status);
    if (hooks->has_failed && WIFEXITED(status))
        log_format(hooks->log, LOG_ERROR, "hook %s failed with exit status %d", path, WEXITSTATUS(status));
    else if (hooks->has_failed)
        log_format(hooks->log, LOG_ERROR, "hook %s was ended by signal %d", path, WTERMSIG(status));
    hooks->running = process_free(hooks->running);
}

bool hooks_start(Hooks *hooks, const StartupOptions *options)
{
    const char *path = hooks->paths[hooks->next++], *arguments[] = {path, NULL};
    Arena *arena = arena_new();
    log_format(hooks->log, LOG_INFO, "hook %s runs", path);
    ProcessOptions process = {.path = path,
                              .arguments = arguments,
                              .environment = environment_of(arena, options),
                              .on_exit = on_exit_of,
                              .leaves_others = true,
                              .context = hooks};
    int code = process_start(options->runtime->loop, &process, &hooks->running);
    if (code)
        log_format(hooks->log, LOG_ERROR, "hook %s could not be started: %s", path, strerror(code));
    arena_free(arena);
    return !code;
}

bool hooks_running(const Hooks *hooks)
{
    return hooks->running != NULL;
}

void hooks_done(Hooks *hooks)
{
    hooks->running = process_free(hooks->running);
    for (size_t i = 0; i < hooks->count; i++)
        free(hooks->paths[i]);
}
