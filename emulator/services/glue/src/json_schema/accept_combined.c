/* accept_combined.c - allOf, anyOf, oneOf, not, if: on the reader's side. */
#include "accept.h"

static size_t count_accepting(Check *check, const SchemaList *list, const Written *written, const Step *at)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += accepts(check, list->items[i], written, at);
    return count;
}

/* One branch for all, or, where several types were written, one for each. */
static bool accepts_by_branch(Check *check, const SchemaList *list, const Written *written, const Step *at)
{
    if (count_accepting(check, list, written, at))
        return true;
    if (!(written->types & (written->types - 1)))
        return false;
    for (unsigned type = 1; type < TYPE_ALL; type *= 2) {
        Written part = *written;
        part.types &= type;
        if (part.types && !count_accepting(check, list, &part, at))
            return false;
    }
    return true;
}

/* Nothing of `schema` is among what was written: the writer excludes it, or nothing can hold to both. */
static bool is_excluded(Check *check, const JsonSchema *schema, const Written *written, const Step *at)
{
    Written both = written_copy(check, written);
    written_add(check, &both, schema);
    written_settle(check, &both);
    if (written_is_empty(check, &both))
        return true;
    for (const Excluded *excluded = written->excluded; excluded; excluded = excluded->next)
        for (size_t i = 0; i < excluded->list->count && check->effort.steps >= 0; i++)
            if (i != excluded->taken && accepts(check, excluded->list->items[i], &both, at))
                return true;
    for (size_t i = 0; i < written->all.count && check->effort.steps >= 0; i++)
        if (written->all.items[i]->negated && accepts(check, written->all.items[i]->negated, &both, at))
            return true;
    return false;
}

static bool accepts_only(Check *check, const SchemaList *list, size_t taken, const Written *written, const Step *at)
{
    if (!accepts(check, list->items[taken], written, at))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (i != taken && !is_excluded(check, list->items[i], written, at))
            return false;
    return true;
}

static bool accepts_just_one(Check *check, const SchemaList *list, const Written *written, const Step *at)
{
    for (size_t i = 0; i < list->count; i++)
        if (accepts_only(check, list, i, written, at))
            return true;
    return false;
}

/* One branch, the same for all or for each type that was written, and surely no other. */
static bool accepts_one(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (!reader->one.count || accepts_just_one(check, &reader->one, written, at))
        return true;
    for (unsigned type = 1; type < TYPE_ALL; type *= 2) {
        Written part = *written;
        part.types &= type;
        if (part.types && !accepts_just_one(check, &reader->one, &part, at))
            return not_read(check, at, "no branch of oneOf, or more than one, reads what was written");
    }
    return true;
}

static bool accepts_not(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    return !reader->negated || is_excluded(check, reader->negated, written, at) ||
           not_read(check, at, "what \"not\" refuses to read may have been written");
}

static bool accepts_branches(Check *check, const JsonSchema *reader, const Written *then, const Written *otherwise,
                             const Step *at)
{
    return accepts(check, reader->then, then, at) && accepts(check, reader->otherwise, otherwise, at);
}

static bool is_same(Check *check, const JsonValue *one, const JsonValue *other)
{
    check->effort.steps -= one->hash == other->hash ? (int64_t)one->weight : 1;
    return check->effort.steps >= 0 && json_value_equal(one, other);
}

/* A writer with the same "if" has its own branches; one without has written the same either way. */
static bool accepts_condition(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (!reader->condition)
        return true;
    Written then = written_copy(check, written), otherwise = written_copy(check, written);
    written_add(check, &then, reader->condition);
    for (size_t i = 0; i < written->all.count && check->effort.steps >= 0; i++) {
        const JsonSchema *schema = written->all.items[i];
        if (!schema->condition || !is_same(check, schema->condition->source, reader->condition->source))
            continue;
        written_add(check, &then, schema->then);
        written_add(check, &otherwise, schema->otherwise);
    }
    written_settle(check, &then);
    return accepts_branches(check, reader, &then, &otherwise, at);
}

bool accepts_combined(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    for (size_t i = 0; i < reader->all.count; i++)
        if (!accepts(check, reader->all.items[i], written, at))
            return false;
    if (reader->any.count && !accepts_by_branch(check, &reader->any, written, at))
        return not_read(check, at, "no branch of anyOf reads what was written");
    return accepts_one(check, reader, written, at) && accepts_not(check, reader, written, at) &&
           accepts_condition(check, reader, written, at);
}
