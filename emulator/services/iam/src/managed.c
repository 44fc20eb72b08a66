/* managed.c - reads managed/policies.txt, which is part of the program, once. */
#include "managed.h"
#include "asset.h"
#include "civil.h"
#include "map.h"
#include <stdlib.h>

extern const Asset managed_files[];

struct ManagedPolicies {
    ManagedPolicy *items;
    size_t len;
    Map *by_resource;
};

/* 20150206183946 */
static int64_t time_of(Bytes text)
{
    int64_t t = 0;
    if (!bytes_to_int64(text, &t))
        return 0;
    int64_t days = civil_days(t / 10000000000, t / 100000000 % 100, t / 1000000 % 100);
    return (days * 86400 + t / 10000 % 100 * 3600 + t / 100 % 100 * 60 + t % 100) * 1000;
}

static void read_line(ManagedPolicies *policies, Bytes line)
{
    ManagedPolicy *policy = &policies->items[policies->len++];
    Bytes resource = bytes_cut(&line, '\t');
    ptrdiff_t slash = bytes_find_last(resource, '/');
    int64_t version = 1;
    (void)bytes_to_int64(bytes_cut(&line, '\t'), &version);
    policy->version = (int32_t)version;
    policy->created_ms = time_of(bytes_cut(&line, '\t'));
    policy->updated_ms = time_of(bytes_cut(&line, '\t'));
    policy->document = bytes_is(line, "-") ? (Bytes){0} : line;
    policy->name = bytes_slice(resource, (size_t)(slash + 1), resource.len - (size_t)(slash + 1));
    policy->path = bytes_slice(resource, 0, (size_t)(slash + 1)); /* without the slash in front */
    map_put(policies->by_resource, resource, policy);
}

ManagedPolicies *managed_new(void)
{
    ManagedPolicies *policies = calloc(1, sizeof *policies);
    Bytes text = managed_files[0].bytes;
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    if (!policies || !(policies->items = calloc(lines, sizeof *policies->items)))
        abort();
    policies->by_resource = map_new();
    while (present(text) && text.len) {
        Bytes line = bytes_cut(&text, '\n');
        if (line.len && *line.ptr != '#')
            read_line(policies, line);
    }
    return policies;
}

ManagedPolicies *managed_free(ManagedPolicies *policies)
{
    if (policies) {
        map_free(policies->by_resource);
        free(policies->items);
        free(policies);
    }
    return NULL;
}

const ManagedPolicy *managed_find(const ManagedPolicies *policies, Bytes resource)
{
    return map_get(policies->by_resource, resource);
}

const ManagedPolicy *managed_at(const ManagedPolicies *policies, size_t at)
{
    return at < policies->len ? &policies->items[at] : NULL;
}

Bytes managed_id(const Scope *scope, const ManagedPolicy *policy)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char text[17];
    uint64_t chance = 0;
    for (size_t i = 0; i < sizeof text; i++) {
        if (i % 8 == 0)
            chance = bytes_hash(policy->name, i + 1);
        text[i] = letters[chance >> (i % 8 * 8) & 31];
    }
    return arena_text(scope->arena, "ANPA%.*s", (int)sizeof text, text);
}

Bytes managed_arn(const Scope *scope, const ManagedPolicy *policy)
{
    return arena_text(scope->arena, "arn:" BYTES_FMT ":iam::aws:policy/" BYTES_FMT BYTES_FMT,
                      BYTES_ARG(arn_partition(scope->region)), BYTES_ARG(policy->path), BYTES_ARG(policy->name));
}
