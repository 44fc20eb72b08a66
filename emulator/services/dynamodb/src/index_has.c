/* index_has.c - what is read from an index: a projection of a global one, and a filter of a Query, ask only for what it
 * has. aws: the same words for global and local indexes (DynamoDB Local, which has AWS's checks; AppSync's users meet
 * them); a Scan is not refused, its filter finds nothing there. */
#include "budget.h"
#include "read.h"
#include <stdlib.h>

#define INVALID "One or more parameter values were invalid: "

typedef struct Missing {
    const PageRequest *request;
    Arena *arena;
    Bytes *names;
    size_t len, capacity, bytes;
} Missing;

static void note(Missing *missing, Bytes name)
{
    if (index_has(missing->request, name))
        return;
    if (missing->len == missing->capacity) {
        missing->capacity = missing->capacity ? missing->capacity * 2 : 16;
        Bytes *grown = arena_new_array(missing->arena, Bytes, missing->capacity);
        if (missing->len)
            memcpy(grown, missing->names, missing->len * sizeof *grown);
        missing->names = grown;
    }
    missing->names[missing->len++] = name;
    missing->bytes += name.len + 2;
}

static void collect(Missing *missing, const Node *node)
{
    budget_descend(missing->arena);
    if (node->kind == NODE_PATH)
        note(missing, node->path->steps[0].name);
    for (const Node *operand = node->first; operand; operand = operand->next)
        collect(missing, operand);
}

static int compare(const void *a, const void *b)
{
    return bytes_compare(*(const Bytes *)a, *(const Bytes *)b);
}

/* Each once, in their order. */
static Bytes told(Missing *missing)
{
    qsort(missing->names, missing->len, sizeof *missing->names, compare);
    char *list = arena_take_raw(missing->arena, missing->bytes), *at = list;
    for (size_t i = 0; i < missing->len; i++) {
        Bytes name = missing->names[i];
        if (i && bytes_equal(name, missing->names[i - 1]))
            continue;
        at = mempcpy(at, ", ", i ? 2 : 0);
        at = mempcpy(at, name.ptr, name.len);
    }
    return (Bytes){list, (size_t)(at - list)};
}

/* Of a global index, as told to whoever asks for more. */
Status projection_check_index(Call *call, const PageRequest *request)
{
    Missing missing = {.request = request, .arena = call->arena};
    for (const Path *path = request->paths ? request->paths->first : NULL; path; path = path->next)
        note(&missing, path->steps[0].name);
    if (!missing.len)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Global secondary index " BYTES_FMT " does not project [" BYTES_FMT "]",
                BYTES_ARG(request->index->name), BYTES_ARG(told(&missing)));
}

Status filter_check_index(Call *call, const PageRequest *request)
{
    const Index *index = request->index;
    Missing missing = {.request = request, .arena = call->arena};
    if (!index || !request->filter || bytes_equal(index->projection_type, DYNAMODB_PROJECTION_TYPE_ALL))
        return OK;
    collect(&missing, request->filter);
    if (!missing.len)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Secondary index " BYTES_FMT " does not project one or more filter attributes: [" BYTES_FMT "]",
                BYTES_ARG(index->name), BYTES_ARG(told(&missing)));
}
