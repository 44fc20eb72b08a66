/* faults.c */
#include "faults.h"
#include <stdlib.h>

#define RULES_MAX 256

typedef struct Rule {
    FaultRule rule;
    Arena *arena; /* of its texts */
} Rule;

struct Faults {
    Runtime *runtime;
    Rule *rules[RULES_MAX]; /* in the order they were made */
    size_t count;
    int last_id;
};

Faults *faults_new(Runtime *runtime)
{
    Faults *faults = calloc(1, sizeof *faults);
    if (!faults)
        abort();
    faults->runtime = runtime;
    return faults;
}

static void remove_at(Faults *faults, size_t at)
{
    Rule *rule = faults->rules[at];
    memmove(&faults->rules[at], &faults->rules[at + 1], (--faults->count - at) * sizeof *faults->rules);
    arena_free(rule->arena);
    free(rule);
}

Faults *faults_free(Faults *faults)
{
    while (faults && faults->count)
        remove_at(faults, 0);
    free(faults);
    return NULL;
}

static Bytes keep(Arena *arena, Bytes text)
{
    return arena_copy(arena, text);
}

int faults_add(Faults *faults, const FaultRule *like)
{
    if (faults->count == RULES_MAX)
        return 0;
    Rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        abort();
    Arena *arena = rule->arena = arena_new();
    rule->rule = *like;
    rule->rule.id = ++faults->last_id;
    rule->rule.service = keep(arena, like->service);
    rule->rule.operation = keep(arena, like->operation);
    rule->rule.resource = keep(arena, like->resource);
    rule->rule.account = keep(arena, like->account);
    rule->rule.region = keep(arena, like->region);
    rule->rule.code = present(like->code) ? (Bytes){arena_cstr(arena, like->code), like->code.len} : (Bytes){0};
    rule->rule.message = keep(arena, like->message);
    faults->rules[faults->count++] = rule;
    return rule->rule.id;
}

bool faults_remove(Faults *faults, int id)
{
    for (size_t i = 0; i < faults->count; i++)
        if (faults->rules[i]->rule.id == id)
            return remove_at(faults, i), true;
    return false;
}

const FaultRule *faults_next(const Faults *faults, int after)
{
    for (size_t i = 0; i < faults->count; i++)
        if (faults->rules[i]->rule.id > after)
            return &faults->rules[i]->rule;
    return NULL;
}

static bool is_text(Bytes wanted, const char *text)
{
    return !present(wanted) || bytes_is(wanted, text);
}

static bool is_bytes(Bytes wanted, Bytes bytes)
{
    return !present(wanted) || bytes_equal(wanted, bytes);
}

static bool ends_with(Bytes text, Bytes end)
{
    return text.len >= end.len && bytes_equal(bytes_slice(text, text.len - end.len, end.len), end);
}

/* A name, or the resource's own name at the end of an ARN. */
static bool names(Bytes text, Bytes wanted)
{
    if (!present(text) || !ends_with(text, wanted))
        return false;
    return text.len == wanted.len ||
           (bytes_starts_with(text, TEXT("arn:")) && text.ptr[text.len - wanted.len - 1] == '/');
}

/* Is one of the input's own texts this name? A map's keys are, too: RequestItems of a batch. */
static bool has_resource(const Meeting *meeting, Bytes wanted)
{
    for (int i = 0; i < meeting->shape->fields_count; i++) {
        const Field *field = &meeting->shape->fields[i];
        const char *at = (const char *)meeting->in + field->offset;
        if (field->shape->kind == KIND_STRING && names(*(const Bytes *)(const void *)at, wanted))
            return true;
        if (field->shape->kind != KIND_MAP)
            continue;
        const AnyList *map = (const AnyList *)(const void *)at;
        for (size_t j = 0; j < map->len; j++)
            if (names(*(const Bytes *)(const void *)((const char *)map->items + j * field->shape->entry_size), wanted))
                return true;
    }
    return false;
}

static bool matches(const FaultRule *rule, const Meeting *meeting)
{
    return is_text(rule->service, meeting->service) && is_text(rule->operation, meeting->operation) &&
           is_bytes(rule->account, meeting->account) && is_bytes(rule->region, meeting->region) &&
           (!present(rule->resource) || has_resource(meeting, rule->resource));
}

/* Chance comes from the seed: the same run twice meets the same faults. */
static bool strikes(Faults *faults, FaultRule *rule)
{
    rule->seen++;
    if (rule->every)
        return rule->seen % (uint64_t)rule->every == 0;
    return rule->probability >= 1 ||
           (double)random_below(faults->runtime->random, 1u << 30) < rule->probability * (double)(1u << 30);
}

const FaultRule *faults_strike(Faults *faults, const Meeting *meeting)
{
    int64_t now_ms = faults->count ? clock_now_ms(faults->runtime->clock) : 0;
    for (size_t i = 0; i < faults->count; i++) {
        FaultRule *rule = &faults->rules[i]->rule;
        bool is_over =
            (rule->until_ms && now_ms >= rule->until_ms) || (rule->times && rule->hits >= (uint64_t)rule->times);
        if (is_over || !matches(rule, meeting) || !strikes(faults, rule))
            continue;
        rule->hits++;
        return rule;
    }
    return NULL;
}
