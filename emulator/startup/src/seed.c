/* seed.c - the seed file: AWS's own inputs, run through the pipeline. */
#include "seed.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

/* A list of the file, and the operation whose inputs it holds. */
static const struct List {
    const char *name, *service, *operation;
} lists[] = {{"streams", "kinesis", "CreateStream"},
             {"tables", "dynamodb", "CreateTable"},
             {"registries", "glue", "CreateRegistry"},
             {"schemas", "glue", "CreateSchema"}};

typedef struct Seed {
    const StartupOptions *options;
    const char *path;
    Arena *arena;
    int made, found;
} Seed;

static bool complain(const Seed *seed, const char *where, size_t at, const char *what)
{
    log_format(seed->options->runtime->log, LOG_ERROR, "%s: %s[%zu]: %s", seed->path, where, at, what);
    return false;
}

static bool is_there_already(const char *error_code)
{
    return !strcmp(error_code, "ResourceInUseException") || !strcmp(error_code, "AlreadyExistsException");
}

static bool ask(Seed *seed, const struct List *list, size_t at, const json_t *input)
{
    char *text = json_dumps(input, JSON_COMPACT);
    Bytes json = arena_copy(seed->arena, bytes_of(text));
    free(text);
    PipelineAnswer answer =
        pipeline_ask(seed->options->pipeline, seed->arena, list->service, bytes_of(list->operation), json);
    bool is_found = !answer.is_ok && is_there_already(answer.error_code);
    seed->made += answer.is_ok;
    seed->found += is_found;
    if (answer.is_ok || is_found)
        return true;
    Bytes what = arena_text(seed->arena, "%s was refused: %s: " BYTES_FMT, list->operation, answer.error_code,
                            BYTES_ARG(answer.message));
    return complain(seed, list->name, at, arena_cstr(seed->arena, what));
}

static bool run_list(Seed *seed, const struct List *list, const json_t *inputs)
{
    size_t at;
    json_t *input;
    json_array_foreach(inputs, at, input) if (!ask(seed, list, at, input)) return false;
    return true;
}

static bool run_calls(Seed *seed, const json_t *calls)
{
    size_t at;
    json_t *call;
    json_array_foreach(calls, at, call)
    {
        struct List list = {"calls", json_string_value(json_object_get(call, "service")),
                            json_string_value(json_object_get(call, "operation"))};
        const json_t *input = json_object_get(call, "input");
        if (!list.service || !list.operation || !json_is_object(input))
            return complain(seed, "calls", at, "expected {\"service\": …, \"operation\": …, \"input\": {…}}");
        if (!ask(seed, &list, at, input))
            return false;
    }
    return true;
}

static bool is_known(const char *key)
{
    bool is_list = !strcmp(key, "calls");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        is_list |= !strcmp(key, lists[i].name);
    return is_list;
}

static bool check_keys(const Seed *seed, json_t *root)
{
    const char *key;
    json_t *value;
    if (!json_is_object(root))
        return complain(seed, "the file", 0, "expected an object");
    json_object_foreach(root, key, value)
    {
        if (!is_known(key))
            return complain(seed, key, 0, "no such list; there are streams, tables, registries, schemas and calls");
        if (!json_is_array(value))
            return complain(seed, key, 0, "expected a list");
    }
    return true;
}

static bool run(Seed *seed, json_t *root)
{
    if (!check_keys(seed, root))
        return false;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!run_list(seed, &lists[i], json_object_get(root, lists[i].name)))
            return false;
    return run_calls(seed, json_object_get(root, "calls"));
}

bool seed(const StartupOptions *options)
{
    Seed seed = {.options = options, .path = options->seed_file ? options->seed_file : SEED_DEFAULT};
    Log *log = options->runtime->log;
    json_error_t wrong;
    if (!options->seed_file && access(SEED_DEFAULT, F_OK))
        return true;
    json_t *root = json_load_file(seed.path, JSON_REJECT_DUPLICATES, &wrong);
    if (!root) {
        log_format(log, LOG_ERROR, "%s:%d: %s", seed.path, wrong.line, wrong.text);
        return false;
    }
    seed.arena = arena_new();
    bool is_done = run(&seed, root);
    if (is_done)
        log_format(log, LOG_INFO, "%s: %d made, %d there already", seed.path, seed.made, seed.found);
    arena_free(seed.arena);
    json_decref(root);
    return is_done;
}
